"""Ask for explanations of any subject, and collect what takes many questions."""
