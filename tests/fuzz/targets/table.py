"""List every target."""

from tests.fuzz.targets.files import FILES
from tests.fuzz.targets.messages import MESSAGES
from tests.fuzz.targets.models import MODELS
from tests.fuzz.targets.words import TEXTS

TARGETS = {target.name: target for target in (*TEXTS, *MESSAGES, *FILES, *MODELS)}
