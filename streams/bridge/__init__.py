"""Records of others in a schema registry's formats, and ours in its frame (extra `bridge`)."""
