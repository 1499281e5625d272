"""The cost of rules, for books of several sizes."""
