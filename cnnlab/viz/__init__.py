"""Turn data into figures: sprite sheets, Plotly figures, palettes."""
