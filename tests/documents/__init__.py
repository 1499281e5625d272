"""What the documents show, taken apart for tests."""
