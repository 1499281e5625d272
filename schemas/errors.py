"""What a user can cause and put right."""

from __future__ import annotations


class UserError(Exception):
    """A failure that a user can cause: a command ends with its text, and without a traceback."""
