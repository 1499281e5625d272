"""What a parcel owes: duty, tax and fees by the regimes in force, and the revenue at stake."""
