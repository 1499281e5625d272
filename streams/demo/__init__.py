"""`greenlane demo`: simulated platforms and customs around a real worker and learner."""
