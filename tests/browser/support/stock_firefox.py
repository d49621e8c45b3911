"""Launch the Firefox that people use, which Playwright steers over WebDriver BiDi, and make up for what lacks there."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Playwright

from tests.browser.support.bidi_relay import behind_relay

START = 120_000  # milliseconds for a browser that starts beside much else


def launch(playwright: Playwright, firefox: str, folder: Path) -> Browser:
    """Launch the Firefox at a path; the folder is for what that needs."""
    # Playwright's own writes beside the digits of a number, and past React into a text.
    Locator.fill = _type  # type: ignore[method-assign]
    return playwright.firefox.launch(
        channel="moz-firefox", executable_path=behind_relay(firefox, folder), timeout=START
    )


def _type(field: Locator, value: str, **_: Any) -> None:
    """Type a text in place of what stands in a field, key by key."""
    field.press("ControlOrMeta+a")
    field.press("Delete")
    field.press_sequentially(value)
