"""Put the description of an older model into the words of this Keras, and say what was changed.

One module a concern: single objects, the graph between them, TensorFlow's operations, hard_sigmoid.
"""
