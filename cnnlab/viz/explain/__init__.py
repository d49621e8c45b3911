"""Draw explanations: maps of signed values over a picture, and curves of what its pixels are worth."""
