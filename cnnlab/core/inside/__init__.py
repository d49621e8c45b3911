"""Follow what a network computes: graphs, windows that slide, channels that are alike."""
