"""Whether labels should weigh by how unlikely it was to have them."""
