"""Benchmarks: anyone can run them again."""
