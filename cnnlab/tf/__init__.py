"""Hold the only rooms where TensorFlow lives; entered as separate processes."""
