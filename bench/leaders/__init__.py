"""What comes of decisions when leaders of three brokers die."""
