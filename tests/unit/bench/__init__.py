"""What the benches say, apart from what they measure."""
