"""Tests of the rules that risk analysts write."""
