"""Know what a visitor looks into now: a network with weights, or a model that can only be looked at."""

from cnnlab.ui.inside.models import ReadOnly, chosen_model
from cnnlab.ui.inside.weights import Choice, resolve_choice

Current = Choice | ReadOnly
"""Both answer the same: pages ask them, and need not know which it is."""


def current_subject() -> Current:
    """Return what the visitor has chosen to look into; the feature-map and the convolution page show the same."""
    return chosen_model() or resolve_choice()
