"""npm's packages, installed once for the tests."""
