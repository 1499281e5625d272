"""Specification of single modules: no broker, no store, milliseconds."""
