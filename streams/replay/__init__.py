"""Decisions of the past, made again from their records and set against another budget plan."""
