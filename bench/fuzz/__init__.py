"""Mutated records against the scanner and the whole handler, for as long as one likes."""
