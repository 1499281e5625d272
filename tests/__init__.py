"""Tests of Greenlane: unit, contract, integration, chaos."""
