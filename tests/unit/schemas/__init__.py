"""The record contracts: what decodes, what is refused, in which words."""
