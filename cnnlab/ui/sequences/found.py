"""Keep what was asked of a network about a sequence, so that it is not computed again while its page is drawn again."""

import hashlib
from dataclasses import dataclass

from cnnlab.core.explain.asked import Target
from cnnlab.core.kept import KeptByBytes
from cnnlab.core.sequences.letters import Codes
from cnnlab.processes.explain.sequences import FirstLayer, Gradient, Mutated, first_layer, letter_gradient, mutations
from cnnlab.processes.subjects import Weighted
from cnnlab.ui.session import services

MOST_KEPT = 32 << 20  # bytes of each kind


@dataclass(frozen=True, eq=False)
class Decided:
    """Hold what each change of a letter does to one answer, and the gradient of its score for each letter."""

    mutated: Mutated
    gradient: Gradient


DECIDED: KeptByBytes[Decided] = KeptByBytes(MOST_KEPT, lambda found: 4 * found.gradient.values.nbytes + 1000)
GRADIENTS: KeptByBytes[Gradient] = KeptByBytes(MOST_KEPT, lambda found: 2 * found.values.nbytes + 1000)
FIRST: KeptByBytes[FirstLayer] = KeptByBytes(MOST_KEPT, lambda found: found.nbytes + 1000)


def found_decided(subject: Weighted, codes: Codes, target: Target) -> Decided:
    """Return what decides one answer; raise `Refusal`."""

    def ask() -> Decided:
        return Decided(
            mutations(services.inference(), subject, codes, target),
            letter_gradient(services.inference(), subject, codes, target),
        )

    return DECIDED.get((*_key(subject, codes), target), ask)


def found_outputs(subject: Weighted, codes: Codes) -> Gradient:
    """Return what the network says of a sequence, with the gradient of its first output; raise `Refusal`."""
    return GRADIENTS.get(_key(subject, codes), lambda: letter_gradient(services.inference(), subject, codes, Target()))


def found_first(subject: Weighted, codes: Codes) -> FirstLayer:
    """Return what the first layer answers to a sequence; raise `Refusal`."""
    return FIRST.get(_key(subject, codes), lambda: first_layer(services.inference(), subject, codes))


def subject_digest(subject: Weighted) -> bytes:
    """Return what names a network with its weights, in few bytes."""
    return hashlib.sha256(subject.key.encode()).digest()


def _key(subject: Weighted, codes: Codes) -> tuple[bytes, bytes]:
    return subject_digest(subject), codes.tobytes()
