"""Say which trainings are not taken, before anything is queued."""

from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.inside.heavy import too_many_params
from cnnlab.core.pictures import input_problem
from cnnlab.core.sequences.letters import reads_pictures
from cnnlab.core.sequences.loading import is_sequences
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import check, trace
from cnnlab.core.trunks.checking import trunk_problem
from cnnlab.core.trunks.rows import counts, rows_of
from cnnlab.runs.record.record import RunSpec
from cnnlab.runs.record.settings import SETTINGS


def problems(spec: RunSpec, settings: Settings) -> str | None:
    """Return in one sentence why this training is not taken, or None."""
    if not 1 <= spec.epochs <= settings.max_epochs:
        return (
            f"The number of epochs must lie between 1 and {settings.max_epochs}, but is {spec.epochs}; "
            "choose another, or let the teacher raise CNNLAB_MAX_EPOCHS."
        )
    if spec.epochs_at_most is not None and spec.epochs > spec.epochs_at_most:
        return f"The exercise of this training allows {counted(spec.epochs_at_most, 'epoch')}, not {spec.epochs:,}."
    for setting in SETTINGS:
        value = getattr(spec, setting.name)
        if problem := setting.problem(value):
            return problem
        if value != setting.default and not setting.belongs_to(spec.optimizer):
            return (
                f"Only {setting.only_for} takes a {setting.said}, and the optimizer is {spec.optimizer}; set the "
                f"{setting.said} to {setting.default:g}."
            )
    return _schedule_problem(spec) or _network_problem(spec, settings)


def _schedule_problem(spec: RunSpec) -> str | None:
    if spec.schedule is None:
        return None
    if spec.range_test:
        return "A learning-rate test sets the rate of every batch itself; leave the schedule constant."
    return spec.schedule.problem()


def _network_problem(spec: RunSpec, settings: Settings) -> str | None:
    invalid = check(spec.network)
    if invalid is not None:
        return f"This network cannot be trained: {invalid}"
    if is_sequences(spec.data):
        if len(spec.input_shape) == 3:
            return reads_pictures(spec.input_shape)
    elif unusable := input_problem(*spec.input_shape):
        return unusable
    params = sum(row.params for row in trace(spec.network))
    if spec.trunk is not None:
        if problem := trunk_problem(spec.trunk, spec.network, settings.home):
            return problem
        counted = counts(spec.trunk, rows_of(spec.trunk, settings.home))
        params += counted.frozen + counted.trainable
    return too_many_params(params, settings.max_params)
