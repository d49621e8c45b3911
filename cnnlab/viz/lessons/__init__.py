"""Draw what lessons give to read: the answers of a check, worksheets."""
