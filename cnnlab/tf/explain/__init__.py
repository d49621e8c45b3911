"""Ask a model why it answered, and what its units like: gradients, and pictures that climb them."""
