"""Show what a layer makes of a data set's pictures as points: which pictures are alike to it."""
