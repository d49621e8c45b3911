"""Know where on the pages a lesson can point: a CSS selector for each of the things that it names."""

from collections.abc import Mapping

from cnnlab.core.lessons import Go
from cnnlab.core.lessons.lesson import POINTS

SELECTORS: Mapping[str, str] = {
    "strip": ".strip",
    "table": ".st-key-shape_table table",
    "total": ".st-key-shape_table tfoot",
    "row": '.st-key-shape_table tr[data-layer="{layer}"]',
    "option": 'label.control:has(> [data-handle^="layer{layer}.{of}"])',
    "size": 'label.control:has(> [data-handle="input.size"])',
    "picture": ".st-key-picture_upload",
    "numbers": ".st-key-picture_numbers",
    "maps": ".st-key-feature_maps",
    "answer": ".notice.output",
    "map": ".conv-map",
    "run": ".st-key-run_status",
    "confusion": ".st-key-confusion",
    "mistakes": ".st-key-answered",
    "kernel": ".conv-parts",
    "channel": ".st-key-convolution_channel",
    "samples": ".st-key-augmented_samples",
    "settings": ".st-key-augmentation_view",
    "start": ".st-key-start_training",
    "curves": ".st-key-loss_curve",
    "explorer": ".st-key-directory_fold",
    "classes": ".st-key-data_counts",
    "explanations": ".explain-figures",
    "forgetting": ".st-key-forgetting",
    "unit": ".st-key-unit_controls",
    "letters": ".st-key-sequences",
}
"""Each of `POINTS` has one; {layer} is the position of the step's layer, {of} the option that it names."""
assert SELECTORS.keys() == POINTS.keys()


def selector(go: Go, layer: int | None) -> str:
    """Return where a step points, empty if it points nowhere."""
    if not go.point:
        return ""
    return SELECTORS[go.point].format(layer=0 if layer is None else layer, of=go.of if go.of.isidentifier() else "")
