"""What decides: features, model, policy, reasons."""
