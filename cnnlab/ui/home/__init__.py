"""Show on the home page what a network is: a picture flows through it."""
