"""Workers and learners of two versions, side by side and one after the other."""
