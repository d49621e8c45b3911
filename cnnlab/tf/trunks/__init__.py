"""Build borrowed trunks in Keras, with the weights that they keep."""
