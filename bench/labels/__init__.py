"""How many labels a second the learner joins and learns."""
