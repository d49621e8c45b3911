"""Show one training, or several side by side."""
