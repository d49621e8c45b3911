"""Say what a network, a picture, a data set is: numpy, pillow and the standard library only."""
