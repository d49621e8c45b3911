"""Show why a network answered as it did, what its units like, and when such pictures are not to be believed."""
