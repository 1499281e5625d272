"""Budgets of holds: what an office can inspect, spent on what is worth most, hour by hour."""
