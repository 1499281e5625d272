"""How well Greenlane finds violations in recorded cases, beside other learners."""
