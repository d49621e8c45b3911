"""Keep training runs as records: store, queue and engines."""
