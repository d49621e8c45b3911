"""Name what several modules keep in the session, most of it by a widget's key, each with its one default."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from cnnlab.core.lessons.checks import Taken
from cnnlab.ui.session.choices import MapPlace

T = TypeVar("T")


@dataclass(frozen=True)
class Key(Generic[T]):
    """Name a value of the session; `default` stands for it until somebody sets it."""

    name: str
    default: T

    def get(self) -> T:
        """Return the value."""
        value: T = st.session_state.get(self.name, self.default)
        return value

    def set(self, value: T) -> None:
        """Set the value, of a widget only before it is drawn."""
        st.session_state[self.name] = value

    def take(self) -> T:
        """Return the value and forget it."""
        value: T = st.session_state.pop(self.name, self.default)
        return value


CURVES, PICTURE, WRONG, HEALTH, COMPARE = "Curves", "My picture", "Where is it wrong?", "Health", "Compare"
RUN_PARTS = (CURVES, PICTURE, WRONG, HEALTH, COMPARE)
WHY, BELIEVE, LIKES = "Why this answer?", "Believe it?", "What a unit likes"
EXPLAIN_PARTS = (WHY, BELIEVE, LIKES)
DECIDES, AS_LOGOS = "Which letters decide?", "Filters"
SEQUENCE_PARTS = (DECIDES, AS_LOGOS)
OF_SET, OWN = "of the data", "your own"

WEIGHTS_SOURCE = Key("weights_source", "")
RANDOM_SEED = Key("random_seed", 0)
MAPS, FILTERS, FEATURES = "maps", "filters", "features"
MAP_KIND = Key("map_kind", MAPS)
PICTURE_REFUSED: Key[Sequence[str]] = Key("picture_refused", ())
DATA_REFUSED = Key("data_refused", "")
DATA_REFUSED_TREE = Key("data_refused_tree", "")
FETCHES_AWAITED: Key[tuple[str, ...]] = Key("fetches_awaited", ())
FETCH_OPEN = Key("fetch_open", False)
FETCH_REFUSED = Key("fetch_refused", ("", ""))
MADE_REFUSED = Key("made_refused", "")
IS_TEACHER = Key("is_teacher", False)
RUN_NAME = Key("run_name", "")
SCHEDULE, DECAY_STEPS, DECAY_RATE, ALPHA = "schedule", "decay_steps", "decay_rate", "alpha"
IMAGE_SIZE: Key[int | None] = Key("image_size", None)
AUGMENT = Key("augment", True)
FOLLOW_PICTURE = Key("follow_picture", True)
START_PAUSED = Key("start_paused", False)
RUN_PART = Key("run_part", CURVES)
COMPARED: Key[Sequence[str]] = Key("compared", ())
EXPLAIN_PART = Key("explain_part", WHY)
EXPLAIN_METHODS: Key[Sequence[str]] = Key("explain_methods", ("grad_cam", "gradient_times_input", "occlusion"))
PREDICT_FIRST = Key("explain_predict", False)
EXPLAIN_BOX: Key[object] = Key("explain_box", None)
SEQUENCE_PART = Key("sequence_part", DECIDES)
SEQUENCE_SOURCE = Key("sequence_source", OF_SET)
SEQUENCE_CLASS = Key("sequence_class", "")
SEQUENCE_NUMBER: Key[int | None] = Key("sequence_number", None)
SEQUENCE_FILTER: Key[int | None] = Key("sequence_filter", None)
SEQUENCE_PREDICT = Key("sequence_predict", True)
SEQUENCE_MARK: Key[object] = Key("sequence_mark", None)
SEQUENCE_TEXT, SEQUENCE_SORT = "sequence_text", "sequence_sort"
SEQUENCE_ANSWER, SEQUENCE_CHANGE_OF = "sequence_answer", "sequence_change_of"
SHOW_PLANTED = Key("show_planted", False)
MOTIF_WITHHELD = Key("motif_withheld", False)
BELIEVE_METHOD = Key("believe_method", "gradient")
UNIT_LAYER: Key[int | None] = Key("unit_layer", None)
UNIT_CHANNEL: Key[int | None] = Key("unit_channel", None)
BY_TIME = Key("by_time", False)
SMOOTH = Key("smooth", False)
LAST_PAGE = Key("last_page", "architecture")
LOG_LOSS = Key("log_loss", False)
TRUNK_REFUSED = Key("trunk_refused", "")
REDRAW_PAGE = Key("redraw_page", False)
LESSON_PLACE: Key[MapPlace | None] = Key("lesson_place", None)
PAGE_WANTED = Key("page_wanted", "")
EXERCISE_SAID: Key[tuple[str, float]] = Key("exercise_said", ("", 0.0))
LESSON_REFUSED = Key("lesson_refused", "")
LESSON_LOG: Key[tuple[dict[str, object], ...]] = Key("lesson_log", ())
CHECKS_TAKEN: Key[Taken | None] = Key("checks_taken", None)
WATCHED_STUDENT = Key("watched_student", ("", ""))
WATCH_COLUMN = Key("watch_column", 0)
WATCH_FALLING = Key("watch_falling", False)
WATCH_REFUSED = Key("watch_refused", "")
FOLLOWED_NUMBER = Key("followed_number", -1)
FOLLOWED_NETWORK = Key("followed_network", "")
FOLLOWED_PAGE = Key("followed_page", "")
LEAD_REFUSED = Key("lead_refused", "")
