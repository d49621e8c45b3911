"""Say what several rooms say in one way, and write numbers so that rounding tells nothing wrong."""

from cnnlab.core.words.words import JOINERS, Refusal, plain, visible

__all__ = ["JOINERS", "Refusal", "plain", "visible"]
