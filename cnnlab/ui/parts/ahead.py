"""Start ahead of need what takes seconds to start and does not run for ever: TensorFlow, in two processes."""

from cnnlab.ui.session.services import engine, inference

LOOK_INSIDE = ("home", "convolution", "feature_maps", "explain")


def start_ahead(page: str) -> None:
    """Start what a page is about to ask, if it rests: the process that looks inside, or the one that waits to train."""
    if page in LOOK_INSIDE:
        inference().wake()
    elif page == "training":
        engine().expect()
