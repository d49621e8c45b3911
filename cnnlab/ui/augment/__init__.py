"""Draw the augmentation page."""
