"""Draw a network: table, diagram, panels, notebook."""
