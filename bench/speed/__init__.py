"""How many manifests a second the worker decides, end to end and exactly once."""
