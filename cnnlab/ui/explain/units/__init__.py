"""Show what one unit of a network likes: patches of real pictures, and pictures that climb towards it."""
