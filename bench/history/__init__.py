"""What profiles and orders are worth: the closed loop with and without them."""
