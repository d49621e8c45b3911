"""Keep the record of classes: one SQLite database below the home."""
