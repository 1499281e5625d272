"""What runs Greenlane elsewhere, and how it is made."""
