"""Budgets over a simulated day: are they met, by one worker and by two, and at what cost?"""
