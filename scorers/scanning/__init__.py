"""Manifests read from JSON straight into columns, without a Python object for each."""
