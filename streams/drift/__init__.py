"""Watching the training log for what moves: quality, scores, features, and how many labels come."""
