"""Fraudsters who change overnight: when it is told, and when precision is back."""
