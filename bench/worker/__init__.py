"""What the worker's handler costs a manifest, without a broker."""
