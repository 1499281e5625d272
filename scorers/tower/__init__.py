"""What the control tower counts and finds out, free of any input and output."""
