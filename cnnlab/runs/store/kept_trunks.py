"""Let go of what no training borrows any more."""

import contextlib
import time

from cnnlab.runs.store.store import Store

GRACE = 7 * 86_400.0  # seconds for which a trunk waits for the training that somebody borrowed it for
MOST_RUNS = 1_000_000


def forget_trunks(store: Store) -> int:
    """Delete the trunks and heads of the home that no run names and nobody borrowed lately; return how many.

    What stands on a page without a run is younger than the grace, or is borrowed anew. A run that cannot be read
    stops it, so that nothing is lost.
    """
    before = time.time() - GRACE
    old = []
    for path in (store.home / "trunks").glob("*.npz"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < before:
                old.append(path)
    if not old:
        return 0
    trunks = [run.spec.trunk for run in store.runs(MOST_RUNS) if run.spec.trunk is not None]
    used = {key for trunk in trunks for key in (trunk.source, trunk.head)}
    unused = [path for path in old if path.stem not in used]
    for path in unused:
        with contextlib.suppress(OSError):
            path.unlink()
    return len(unused)
