"""A simulator of platforms: parcels, orders and the truth about them, the same for a given seed."""
