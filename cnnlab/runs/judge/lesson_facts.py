"""Tell a lesson how a training goes, from its record."""

from cnnlab.core.lessons.situation import RunFacts
from cnnlab.runs.record.findings import read_answers
from cnnlab.runs.store.folders import RunFolders


def run_facts(runs: RunFolders, run_id: str, *, yours: bool) -> RunFacts:
    """Return what a lesson may ask about a run; raise `RunError` if there is none of this id."""
    run, story = runs.get(run_id), runs.story(run_id)
    return RunFacts(
        run.spec.network,
        run.spec.data_name,
        int(story.first_start.get("samples", 0)),
        tuple(story.epochs),
        read_answers(runs.folder(run_id) / "evaluation.json") if run.is_terminal else None,
        yours,
    )
