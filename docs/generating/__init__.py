"""Pages and contracts that are made from the code: `python -m docs.generating`."""
