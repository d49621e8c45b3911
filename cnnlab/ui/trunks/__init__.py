"""Let a visitor borrow a trunk, look at it, and fine-tune it."""
