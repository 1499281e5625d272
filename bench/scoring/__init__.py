"""What scoring and learning cost without Kafka."""
