"""From manifests to hashed features: a declared spec, compiled to a vectorised extractor."""
