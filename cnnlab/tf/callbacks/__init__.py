"""Record, obey and measure while Keras trains."""
