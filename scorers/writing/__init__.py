"""Records of a batch written as JSON from columns, without an object for each."""
