"""Judge a word of DNA that somebody found, however they read it: in IUPAC's letters, on either strand, in part."""

from cnnlab.core.sequences.letters import SequenceError, Values
from cnnlab.core.sequences.matching import match
from cnnlab.core.sequences.motifs import Motif, from_word
from cnnlab.core.teach.predict import Verdict
from cnnlab.core.words.numbers import decimal

ALIKE = 0.8
"""From this correlation on a word counts as found, as a filter does; the bound is ours."""
PART, AROUND, BACKWARDS = "a part of the word", "more than the word", "read backwards"


def judge_motif(wanted: str, given: str) -> Verdict:
    """Judge a typed word by Pearson's r with the wanted one at their best offset and strand.

    It has to fit over the width of both: a part of the word, or the word with letters around it, is not yet it.
    """
    if not given:
        return Verdict(False, given, "Type the word first.")
    try:
        typed = from_word(given)
    except SequenceError as error:
        return Verdict(False, given, str(error))
    truth = from_word(wanted)
    found = match(typed.matrix, truth.matrix)
    over_wanted, over_typed = found.correlation, match(truth.matrix, typed.matrix).correlation
    if min(over_wanted, over_typed) >= ALIKE:
        strand = ", read on the other strand" if found.backwards else ""
        exact = over_wanted > 1 - 1e-9
        said = f"it is {wanted}{strand}" if exact else f"{wanted} was planted, and yours fits it{strand}"
        return Verdict(True, given, f"Right: {said} (r = {decimal(over_wanted)}).")
    if over_typed >= ALIKE:
        return Verdict(False, given, "All of this belongs to the word, but letters are missing; look beside it.", PART)
    if over_wanted >= ALIKE:
        return Verdict(
            False, given, "The word is in it, with letters that do not belong to it; leave them out.", AROUND
        )
    if _turned(typed, truth.matrix) >= ALIKE:
        said = "These are its letters backwards. The other strand also has A for T and C for G."
        return Verdict(False, given, said, BACKWARDS)
    said = "Not that; write the letters where a change does harm below each other, for several sequences."
    return Verdict(False, given, said)


def _turned(typed: Motif, truth: Values) -> float:
    return match(typed.matrix[::-1], truth).correlation
