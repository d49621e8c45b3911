"""Say what explains an answer and what a unit likes, and measure whether an explanation explains anything."""
