"""Read data sets: folders, archives, splits, what is wrong with them, and a copy to take along."""
