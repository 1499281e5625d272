"""How fast history is decided again, against how fast it was decided."""
