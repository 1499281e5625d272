"""Manifests from files: newline-delimited JSON, CSV, and adapters of other formats."""
