"""Contestants, each a program of its own: the client's limit, and what a user would write."""
