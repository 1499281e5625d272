"""How good a scorer is: protocols on recorded cases, and the measures they report."""
