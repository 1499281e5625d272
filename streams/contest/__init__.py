"""Champion and challengers: all fold the same training log, and are compared on equal terms."""
