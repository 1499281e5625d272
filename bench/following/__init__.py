"""How soon workers decide by a model that was chosen."""
