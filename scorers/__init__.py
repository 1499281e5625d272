"""What decides: features, model, rules, policy and reasons. Free of input and output."""
