"""The online model and its snapshots."""
