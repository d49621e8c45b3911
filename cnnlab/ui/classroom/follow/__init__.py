"""Let a class follow its teacher's page, layer, channel and place, if it agrees."""
