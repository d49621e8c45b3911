"""How one process of ours asks another: children, frames, limits, readers, inference."""
