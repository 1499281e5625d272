"""The registry of models in the store: snapshots with what they are, signed, and which decides."""
