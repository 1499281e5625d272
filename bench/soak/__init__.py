"""Half an hour of load, and whether anything grows."""
