"""Choose, bring and prepare pictures."""
