"""Show every filter of the first layer as a logo beside the planted motif, and follow one along the sequence."""

from typing import Any

import numpy.typing as npt
import streamlit as st

from cnnlab.core.inside.sliding import sliding
from cnnlab.core.sequences.matching import Fit, fits, from_weights
from cnnlab.core.sequences.sequence_set import SequenceSet
from cnnlab.core.shapes import trace
from cnnlab.core.words.numbers import decimal, two_digits
from cnnlab.processes.explain.sequences import FirstLayer
from cnnlab.ui.data.sequences.choose import Sequence
from cnnlab.ui.inside.weights import Choice
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.packing import pack
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.parts.work import awaited, begin
from cnnlab.ui.sequences.found import found_first, subject_digest
from cnnlab.ui.sequences.hits import HITS, Hits, strongest_hits
from cnnlab.ui.session.decoders import position
from cnnlab.ui.session.keys import SEQUENCE_FILTER
from cnnlab.ui.session.keys import SEQUENCE_SORT as SORT
from cnnlab.ui.session.sent import chosen, place
from cnnlab.viz.html import Html, button, heading, quiet, tag, together
from cnnlab.viz.sequences.logos import Row, stack
from cnnlab.viz.sequences.scan_facts import Followed, scan_facts

BY_MATCH, BY_NUMBER, BY_ANSWER = "match", "number", "answer here"
MOST_DRAWN = 64


class LogosSends:
    """Declare what logos send: the filter that was picked."""

    picked = Message(position)


_LOGOS = component(
    "filter_logos",
    "sequences/logos.js",
    html=tag("div", class_="logos", role="toolbar", aria_label="Filters to follow along the sequence"),
    styles=["sequences/logos.css"],
    sends=LogosSends,
)
_SCAN = component("filter_scan", "sequences/scan.js", html="sequences/scan.html", styles=["sequences/scan.css"])


def filters_of(current: Choice, sequence: Sequence, known: SequenceSet | None) -> None:
    """Draw the scan of the picked filter, and all filters as logos; raise `Refusal` where there are none."""
    first = found_first(current.subject, sequence.codes)
    count = first.kernels.shape[2]
    fitting = fits(first.kernels, known.motifs if known else ())
    order = _order(first, fitting)
    picked = place(SEQUENCE_FILTER.get(), count)
    picked = order[0] if picked is None else picked
    show_html(heading(f"Filter {picked} along the sequence"))
    _SCAN("filter_scan", pack(*_scan(current, sequence, first, picked)))
    show_html(heading(f"All {count} filters as logos" if count > 1 else "The filter as a logo"))
    hits = _hits(current, first, known)
    cards = together(*(_card(first, i, fitting[i], hits) for i in order[:MOST_DRAWN]))
    picks = LogosSends.picked.to(SEQUENCE_FILTER.set)
    _LOGOS("filter_logos", [{"cards": cards, "chosen": picked}], picks)
    if count > MOST_DRAWN:
        show_html(quiet(f"The first {MOST_DRAWN} of {count:,} are drawn."))
    one = stack(_rows(first, picked, fitting[picked], hits), f"Filter {picked}")
    st.download_button("Logo (SVG)", str(one), f"filter_{picked}.svg", "image/svg+xml", on_click="ignore")


def _order(first: FirstLayer, fitting: list[Fit | None]) -> list[int]:
    """Draw the choice of the order and return the filters in it."""
    offered = (BY_MATCH, BY_NUMBER, BY_ANSWER) if fitting[0] else (BY_NUMBER, BY_ANSWER)
    if chosen(SORT, offered, None) is None:
        st.session_state[SORT] = offered[0]
    st.segmented_control("Sort filters by", offered, key=SORT, required=True, persist_state="session")
    by = chosen(SORT, offered, offered[0])
    most = first.sums.max(axis=0)

    def height(i: int) -> float:
        fit = fitting[i]
        return -i if by == BY_NUMBER else float(most[i]) if by == BY_ANSWER or fit is None else fit.match.correlation

    return sorted(range(len(fitting)), key=height, reverse=True)


def _hits(current: Choice, first: FirstLayer, known: SequenceSet | None) -> Hits | None:
    """Return the strongest hits once they are found; until then draw how far that is."""
    if known is None:
        return None
    key = f"{subject_digest(current.subject).hex()} {known.fingerprint}"
    if HITS.found(key) is None and HITS.get(key) is None:
        begin(HITS, key, strongest_hits(first.kernels, known))
    return awaited(HITS, key, "hits")


def _rows(first: FirstLayer, filter_: int, fit: Fit | None, hits: Hits | None) -> list[Row]:
    rows = [Row("weights, own scale", from_weights(first.kernels[:, :, filter_]), top=None)]
    if hits is not None:
        rows.append(Row(f"{hits.counts[filter_]:,} strongest hits", hits.shares[filter_]))
    if fit is not None:
        turned = fit.motif.matrix[::-1, ::-1] if fit.match.backwards else fit.motif.matrix
        strand = ", other strand" if fit.match.backwards else ""
        rows.append(Row(f"planted {fit.motif.name}{strand}", turned, fit.match.offset))
    return rows


def _card(first: FirstLayer, filter_: int, fit: Fit | None, hits: Hits | None) -> Html:
    said = f"Filter {filter_}: answers {two_digits(float(first.sums[:, filter_].max()))} at most here"
    if fit is not None:
        strand = "other strand" if fit.match.backwards else "this strand"
        said += f"; match r = {decimal(fit.match.correlation)}, offset {fit.match.offset}, {strand}"
    drawn = stack(_rows(first, filter_, fit, hits), f"Logos of filter {filter_}")
    return button(said, drawn, data_filter=filter_)


def _scan(
    current: Choice, sequence: Sequence, first: FirstLayer, filter_: int
) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    network = current.network
    rows = trace(network)
    (window,) = sliding(network.layers[0], rows[0])
    pool = None
    if first.pool is not None:
        (slide,) = sliding(network.layers[first.pool], rows[first.pool])
        pool = (rows[first.pool].name, rows[first.pool].class_name, slide)
    followed = Followed(
        filter_,
        first.kernels[:, :, filter_],
        float(first.biases[filter_]),
        first.sums[:, filter_],
        [(name, values[:, filter_]) for name, values in first.stages],
        None if first.pooled is None else first.pooled[:, filter_],
    )
    return scan_facts(sequence.codes, followed, window, pool)
