"""Draw which pictures of the data set are alike to a layer: the nearest to the current one, and all in a plane."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from cnnlab.core.classroom.handles import LOOK
from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.inside.feature_space import VOTERS, Doubles, FeaturesError, Floats, distances
from cnnlab.core.pictures import Pixels
from cnnlab.core.pictures.reference import FromData
from cnnlab.core.training.answers import Answers
from cnnlab.core.trunks import lite0
from cnnlab.core.trunks.rows import shipped
from cnnlab.core.words import plain
from cnnlab.core.words.numbers import percent, two_digits
from cnnlab.processes.subjects import Subject
from cnnlab.processes.trunks import Borrowed
from cnnlab.ui.data.current import ordered
from cnnlab.ui.data.reading import held
from cnnlab.ui.inside.current import Current
from cnnlab.ui.inside.features.space import (
    MOST_PICTURES,
    SPACES,
    TRAINING,
    VALIDATION,
    Asked,
    Space,
    offered_rows,
    usual_row,
)
from cnnlab.ui.inside.meaning import Meaning
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.packing import pack
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.parts.tiles import tile, tiles
from cnnlab.ui.parts.work import awaited, begin
from cnnlab.ui.pictures.current import prepared_picture
from cnnlab.ui.session import services, shared
from cnnlab.ui.session.decoders import position
from cnnlab.ui.session.exercise import is_locked
from cnnlab.ui.session.sent import chosen, place_in_digits
from cnnlab.viz.html import bold, heading, paragraph, quiet
from cnnlab.viz.inside.space_facts import sheet, space_facts

SHOWN = "these weights"
TRUNK = f"{lite0.NAME} (shipped)"
TRUNK_SIZE = 160
WHOSE, LAYER, PART, REFUSED = "space_of", "space_layer", "space_part", "space_refused"
NEAREST = 8


class SpaceSends:
    """Declare what the plane sends: the point that was picked."""

    picked = Message(position)


_SPACE = component(
    "feature_space", "space/entry.js", html="space/space.html", styles=["space/space.css"], sends=SpaceSends
)


def features_view(current: Current, pixels: Pixels) -> None:
    """Draw the choice of features; once they are computed, what is near the current picture and how all lie.

    `pixels` is the picture as what is looked into takes it. Raises `InferenceError` or `PictureError`.
    """
    try:
        asked = _asked(current)
        space = awaited(SPACES, asked.key, "space")
        if space is None:
            _offer(asked)
            return
        if isinstance(asked.subject, Borrowed):
            _draw(asked, space, asked.of_picture(prepared_picture(asked.subject.input_shape)), None)
        else:
            _draw(asked, space, asked.of_picture(pixels), current.meaning)
    except (DataSetError, FeaturesError) as error:
        refuse(error)


def _asked(current: Current) -> Asked:
    """Draw whose features, of which layer and of which pictures, and return what is chosen; raise `DataSetError`."""
    data = ordered(shared().data.reference)
    with st.container(horizontal=True, vertical_alignment="bottom", key="space_controls"):
        st.segmented_control(
            "Features of", (SHOWN, TRUNK), default=SHOWN, key=WHOSE, required=True, persist_state="session"
        )
        subject: Subject = current.subject
        if chosen(WHOSE, (SHOWN, TRUNK), SHOWN) == TRUNK:
            subject = Borrowed(shipped(TRUNK_SIZE), services.settings().home)
        rows = offered_rows(subject)
        usual = next((name for name, row in rows.items() if row == usual_row(subject)), next(iter(rows)))
        if isinstance(subject, Borrowed):
            name = usual = list(rows)[-1]
        else:
            if st.session_state.get(LAYER) not in rows:
                st.session_state[LAYER] = usual
            st.selectbox("Layer", list(rows), key=LAYER, persist_state="session", width=280)
            name = chosen(LAYER, rows, usual)
        sizes = {TRAINING: len(data.train), VALIDATION: len(data.validation)}
        st.segmented_control(
            f"Pictures of {plain(data.name)}",
            (VALIDATION, TRAINING),
            default=VALIDATION,
            key=PART,
            format_func=lambda part: f"{part} ({min(MOST_PICTURES, sizes[part]):,})",
            required=True,
            persist_state="session",
        )
    return Asked(subject, rows[name], data, chosen(PART, (VALIDATION, TRAINING), VALIDATION))


def _offer(asked: Asked) -> None:
    """Say what a feature is, and draw the button that begins, unless it goes on."""
    row, count = asked.subject.rows[asked.row], asked.count
    which = "the mean of each of its maps" if len(row.shape) > 1 else "one from each of its units"
    show_html(
        paragraph(
            bold("What is a feature?"),
            f" For every picture {row.name} gives {count:,} numbers, {which}: the picture's features. Whatever comes "
            "behind it sees nothing else of the picture. Pictures whose features are near each other are alike to the "
            "network, however their pixels differ.",
        )
    )
    work = SPACES.get(asked.key)
    st.button(
        "Compute the features",
        key="space_start",
        disabled=work is not None and not work.standing.ended,
        on_click=lambda: begin(SPACES, asked.key, asked.steps()),
        help=f"Of {len(asked.places):,} pictures, once for everybody; you may leave this page meanwhile.",
    )


def _draw(asked: Asked, space: Space, own: Floats, meaning: Meaning | None) -> None:
    if refused := st.session_state.pop(REFUSED, ""):
        refuse(refused)
    here = _place_of_current(asked)
    wrong, said, ring = _answers(asked, space, meaning)
    _nearest(asked, space, distances(space.found.features, own), here)
    _plane(asked, space, own, here, wrong, said, ring)


def _place_of_current(asked: Asked) -> int:
    """Return which of the points the current picture is, -1 if it is none."""
    reference = shared().picture.reference
    if not isinstance(reference, FromData) or reference.fingerprint != asked.data.fingerprint:
        return -1
    if reference.split != asked.part:
        return -1
    found = np.flatnonzero(asked.places == reference.index)
    return int(found[0]) if len(found) else -1


def _nearest(asked: Asked, space: Space, apart: Doubles, here: int) -> None:
    order = [int(i) for i in np.argsort(apart, kind="stable") if i != here][:NEAREST]
    classes, labels = asked.data.classes, asked.labels
    show_html(heading("Nearest to your picture"))
    made = []
    for i in order:
        name, label = asked.split.names[asked.places[i]], classes[labels[i]]
        title = f"{name}, {label}, {two_digits(apart[i])} away"
        one = tile(space.found.small[i], str(i), title, title)
        made.append(one | {"truth": label, "said": two_digits(apart[i])})
    tiles("space_nearest", made, "", lambda file: _pick_file(asked, file), large=True)
    others = [float(apart[i]) for i in range(len(apart)) if i != here]
    show_html(
        quiet(
            f"The number is the distance of the features (Euclid's); over all {len(others):,} pictures the median is "
            f"{two_digits(float(np.median(others)))}. Press one to make it your picture."
        )
    )


def _answers(asked: Asked, space: Space, meaning: Meaning | None) -> tuple[Sequence[bool], list[str], str]:
    """Return which answers are wrong, what was said of each picture, and what the ring means."""
    classes, labels = asked.data.classes, asked.labels
    outputs = space.found.answers
    if meaning and sorted(meaning.classes) == sorted(classes) and outputs.shape[1] in (1, len(classes)):
        answers = Answers(meaning.classes, labels, outputs.astype(np.float64), ())
        given = [meaning.classes[i] for i in answers.predicted()]
        who, ring = "the network says", "wrong answer of the network"
    else:
        given = [classes[i] for i in space.neighbours]
        who, ring = f"its {VOTERS} neighbours say", f"most of its {VOTERS} nearest neighbours are of another class"
    wrong = [said != classes[label] for said, label in zip(given, labels, strict=True)]
    return wrong, [f"{who}: {said}" for said in given], ring


def _plane(
    asked: Asked, space: Space, own: Floats, here: int, wrong: Sequence[bool], said: list[str], ring: str
) -> None:
    show_html(heading("All of them in a plane"))
    plane, first = space.plane, percent(space.plane.explained[0])
    second = percent(plane.explained[1])
    alt = (
        f"{len(wrong):,} pictures as points of the first two principal components; arrow keys lead from one to the "
        "next, Enter makes it your picture."
    )
    facts: dict[str, Any] = {
        "classes": asked.data.classes,
        "names": [asked.split.names[i] for i in asked.places],
        "said": said,
        "ring": ring,
        "chosen": here,
        "sheet": sheet(space.found.small),
        "alt": alt,
    }
    point = None if here >= 0 else plane.place(own)
    _SPACE(
        "feature_space",
        pack(*space_facts(plane.points, point, asked.labels.tolist(), wrong, **facts)),
        SpaceSends.picked.to(lambda i: _pick(asked, i)),
    )
    show_html(
        quiet(
            f"Principal component analysis: of {asked.count:,} numbers a picture the two directions in which they "
            f"differ most. Across holds {first} of the variance and up {second}; what lies in the other directions is "
            f"not seen here. {ring[0].upper()}{ring[1:]}: {sum(wrong):,} of {len(wrong):,}."
        )
    )


def _pick_file(asked: Asked, file: str) -> None:
    picked = place_in_digits(file, len(asked.places))
    if picked is not None:
        _pick(asked, picked)


def _pick(asked: Asked, point: int) -> None:
    """Make one of the pictures the current one, unless an exercise keeps it; what is not offered is ignored."""
    places = asked.places
    if point >= len(places) or is_locked(LOOK, "picture"):
        return
    place, split = int(places[point]), asked.split
    try:
        picture = held(lambda: split.stored(place), split.names[place])
    except DataSetError as error:
        st.session_state[REFUSED] = str(error)
        return
    mine = shared()
    mine.picture = mine.picture.chosen(picture, FromData(asked.data.fingerprint, asked.part, place))
