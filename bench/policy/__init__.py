"""What rules, lists, text and assessment cost together."""
