"""Feed pictures to TensorFlow."""
