"""A parcel's whole story, put together from all topics."""
