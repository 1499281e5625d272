"""What a parcel costs the worker as the load grows: entities, batches, items, rules, model."""
