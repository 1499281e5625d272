"""Kafka clients, topics and the exactly-once loop."""
