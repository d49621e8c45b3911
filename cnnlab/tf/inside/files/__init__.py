"""Take model files of unknown origin apart, judge them, and mend what Keras 2 wrote, before Keras sees them."""
