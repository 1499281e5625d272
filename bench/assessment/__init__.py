"""The cost of assessing parcels."""
