"""Say in a refusal why files of an archive were left out: with all of them gone, that is the reason."""

from collections import Counter
from collections.abc import Sequence

from cnnlab.core.data.archives.zip_archives import JUNK, Skipped

MOST = 3


def with_reasons(refused: str, left_out: Sequence[Skipped], *, nothing: bool) -> str:
    """Return a refusal with the most frequent reasons; `nothing` tells that no file at all was unpacked."""
    counts = Counter(skip.reason for skip in left_out if skip.reason != JUNK)
    if not counts:
        return refused
    said = [f"{reason[:1].lower()}{reason[1:].rstrip('.')} ({n:,})" for reason, n in counts.most_common(MOST)]
    reasons = "; ".join([*said, f"and {len(counts) - MOST} more reasons"] if len(counts) > MOST else said)
    if nothing:
        return f"None of the {counts.total():,} files of the archive can be used: {reasons}."
    return f"{refused.rstrip('.')}; left out of the archive: {reasons}."
