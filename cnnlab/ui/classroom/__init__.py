"""Give exercises out, work on one, and see what came back."""
