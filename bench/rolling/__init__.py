"""How long parcels wait while workers are restarted one after the other."""
