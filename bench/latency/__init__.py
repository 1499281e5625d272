"""How long after a manifest was due in its topic its decision can be read."""
