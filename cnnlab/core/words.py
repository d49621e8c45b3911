"""Say what several rooms say in one way."""


class Refusal(ValueError):
    """Say in one sentence, to a user, what was expected, what came and what to do; each room has its own kinds."""
