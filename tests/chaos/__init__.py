"""Faults under load, and a checker that knows nothing of our code."""
