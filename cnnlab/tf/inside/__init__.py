"""Answer what a network or a model sees."""
