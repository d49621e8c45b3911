"""Say what can be fetched from the internet at the press of a button, check what came, and lay it out as a data set."""
