"""Cost, size and exactness of the profile store."""
