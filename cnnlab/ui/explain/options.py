"""Choose by which methods an answer is explained, and with what settings."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from cnnlab.core.explain.asked import BOUNDS, Asked, Target, windows
from cnnlab.core.explain.backgrounds import BASELINES, FILLS
from cnnlab.core.explain.methods import TABLE
from cnnlab.core.explain.rows import grad_cam_row, has_maps
from cnnlab.core.teach.brief import describe_shape
from cnnlab.processes.subjects import Subject
from cnnlab.ui.explain.choice import choice_of
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session.keys import EXPLAIN_METHODS
from cnnlab.ui.session.sent import chosen, number, place
from cnnlab.viz.html import heading

SEED = "explain_seed"


def shown_methods() -> tuple[str, ...]:
    """Return the methods that this visitor wants to see beside each other, in the order of the table."""
    sent: object = EXPLAIN_METHODS.get()
    return tuple(name for name in TABLE if isinstance(sent, list | tuple) and name in sent)


def methods_control() -> None:
    """Draw the choice of methods."""
    st.pills(
        "Methods",
        list(TABLE),
        default=list(EXPLAIN_METHODS.default),
        selection_mode="multi",
        key=EXPLAIN_METHODS.name,
        format_func=lambda name: TABLE[name].title,
        label_visibility="collapsed",
        persist_state="session",
    )


def asked_of(method: str, target: Target, subject: Subject) -> Asked:
    """Return what is asked of a method with the settings that this visitor has chosen."""
    asked = Asked(method, target.unit, target.sign)
    for name, read in _READ.get(method, {}).items():
        asked = replace(asked, **{name: read(asked, subject)})
    return asked


def settings_control(methods: Sequence[str], subject: Subject) -> None:
    """Draw the settings of the methods that have some."""
    having = [name for name in methods if name in _DRAWN]
    if not having:
        return
    with st.popover("Settings", key="explain_settings"):
        for name in having:
            show_html(heading(TABLE[name].title))
            _DRAWN[name](subject)


def _whole(name: str) -> Callable[[Asked, Subject], int]:
    def read(asked: Asked, _subject: Subject) -> int:
        least, most = BOUNDS[name]
        return int(number(st.session_state.get(f"explain_{name}"), least, most, getattr(asked, name)))

    return read


def _one_of(name: str, offered: Sequence[str], key: str) -> Callable[[Asked, Subject], str]:
    return lambda asked, _subject: chosen(key, offered, getattr(asked, name))


def _noise(asked: Asked, _subject: Subject) -> float:
    return number(st.session_state.get("explain_noise"), 0.0, 1.0, asked.noise)


def _row(_asked: Asked, subject: Subject) -> int | None:
    return chosen("explain_row", _rows(subject), None)


def _window(name: str) -> Callable[[Asked, Subject], int | None]:
    """Return what reads a side of the window; none that was not chosen, so that it follows the picture's size."""

    def read(_asked: Asked, subject: Subject) -> int | None:
        found = place(st.session_state.get(f"explain_{name}"), min(subject.input_shape[:2]) + 1)
        return found or None

    return read


def _rows(subject: Subject) -> list[int]:
    """Return the layers whose maps Grad-CAM can weigh."""
    return [i for i, node in enumerate(subject.graph.nodes) if has_maps(node)]


def _draw_grad_cam(subject: Subject) -> None:
    rows = _rows(subject)
    if not rows:
        return
    labels = {i: f"{subject.rows[i].name}, {describe_shape(subject.rows[i].shape)}" for i in rows}
    choice_of("Layer", labels, "explain_row", grad_cam_row(subject.graph.nodes))


def _draw_smoothgrad(_subject: Subject) -> None:
    least, most = BOUNDS["samples"]
    st.number_input("Samples", least, most, Asked.samples, key="explain_samples", persist_state="session")
    st.number_input(
        "Noise, of the picture's range", 0.0, 1.0, Asked.noise, 0.05, key="explain_noise", persist_state="session"
    )
    st.number_input("Seed of the noise", 0, 9999, Asked.seed, key=SEED, persist_state="session")


def _draw_integrated(_subject: Subject) -> None:
    st.selectbox("Baseline", BASELINES, key="explain_baseline", persist_state="session")
    least, most = BOUNDS["steps"]
    st.number_input("Steps", least, most, Asked.steps, key="explain_steps", persist_state="session")


def _draw_occlusion(subject: Subject) -> None:
    laid = windows(Asked("occlusion"), *subject.input_shape[:2])
    most = min(subject.input_shape[:2])
    st.number_input("Side of the square, in pixels", 1, most, laid.size, key="explain_size", persist_state="session")
    st.number_input("Stride, in pixels", 1, most, laid.stride, key="explain_stride", persist_state="session")
    st.selectbox("Filled with", FILLS, index=FILLS.index(Asked.fill), key="explain_fill", persist_state="session")


_READ: dict[str, dict[str, Callable[[Asked, Subject], Any]]] = {
    "grad_cam": {"row": _row},
    "smoothgrad": {"samples": _whole("samples"), "noise": _noise, "seed": _whole("seed")},
    "integrated_gradients": {"baseline": _one_of("baseline", BASELINES, "explain_baseline"), "steps": _whole("steps")},
    "occlusion": {
        "size": _window("size"),
        "stride": _window("stride"),
        "fill": _one_of("fill", FILLS, "explain_fill"),
    },
}
_DRAWN = {
    "grad_cam": _draw_grad_cam,
    "smoothgrad": _draw_smoothgrad,
    "integrated_gradients": _draw_integrated,
    "occlusion": _draw_occlusion,
}
