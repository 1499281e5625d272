"""A learner that is killed again and again on Apache Kafka."""
