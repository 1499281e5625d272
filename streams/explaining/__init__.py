"""Decisions of the past made again from the log, with the versions of their time."""
