"""Share what every room keeps in the home: databases, whole files, keys, and the sentences for what goes wrong."""
