"""Profiles of parties, addresses and lanes: how worker and learner keep and use them."""
