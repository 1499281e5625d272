"""What Greenlane promises to others: record types, their codec, identifiers and reference codes."""
