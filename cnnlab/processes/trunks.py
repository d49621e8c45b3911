"""Borrow the first layers of a network with weights, or of somebody else's model: the process that opens it cuts it."""

from cnnlab.core.settings import Settings
from cnnlab.core.trunks.files import keep
from cnnlab.core.trunks.trunk import Trunk
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import Subject


def borrow(inside: Inside, subject: Subject, cut: str, name: str, settings: Settings) -> Trunk:
    """Return a subject's layers up to the one called `cut` as a trunk called `name`, all of it frozen.

    A copy with its weights is kept in the home, so that the subject may go. Raises `InferenceError` for a layer that
    makes no maps or is none of its own, and `TrunkError` if the disk is full.
    """
    answer, (content,) = inside.ask("trunk", subject, cut=cut, input_shape=list(subject.input_shape))
    height, width, channels = answer["shape"]
    key = keep(settings.home, content.tobytes(), settings.disk)
    return Trunk(key, name, subject.input_shape, cut, (height, width, channels), *subject.rescaling)
