"""Say what a borrowed trunk is: the first layers of a trained network, with their weights, below an own head."""
