"""What every run tells a browser of the theme and the settings."""

from typing import Any

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import Config, CustomThemeConfig, NewSession
from streamlit.runtime import app_session

from cnnlab.ui.app.told_once import TOLD, remembered, tell_from_memory

SECTIONS = ("", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


@pytest.fixture(autouse=True)
def _streamlit_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TOLD:
        monkeypatch.setattr(app_session, name, getattr(app_session, name))


def themes() -> list[CustomThemeConfig]:
    told = [CustomThemeConfig() for _ in SECTIONS]
    for message, section in zip(told, SECTIONS, strict=True):
        app_session._populate_theme_msg(message, *filter(None, [section]))
    return told


def settings() -> Config:
    told = Config()
    app_session._populate_config_msg(told)
    return told


def test_a_browser_is_told_what_streamlit_tells_it_by_itself() -> None:
    before = themes(), settings()
    tell_from_memory()
    assert (themes(), settings()) == before
    assert (themes(), settings()) == before
    assert before[0][1].primary_color != before[0][2].primary_color


def test_a_part_without_a_word_stays_absent() -> None:
    tell_from_memory()
    told = CustomThemeConfig()
    app_session._populate_theme_msg(told.sidebar, "theme.sidebar")
    assert not told.HasField("sidebar")


def test_a_theme_that_is_light_and_says_nothing_else_is_there() -> None:
    def fill(message: Any, section: str = "theme") -> None:
        if section == "theme":
            message.base = CustomThemeConfig.LIGHT

    filled, told = remembered(fill, "custom_theme"), NewSession()
    for _ in range(2):
        told.Clear()
        filled(told.custom_theme.dark, "theme.dark")
        assert not told.HasField("custom_theme")
        filled(told.custom_theme)
        assert told.HasField("custom_theme")
        assert not told.custom_theme.HasField("dark")


def test_a_theme_is_read_once_and_again_when_its_file_has_changed() -> None:
    read = []

    def fill(message: Any, section: str = "theme") -> None:
        read.append(section)
        message.primary_color = "#000000"

    filled = remembered(fill, "custom_theme")
    for _ in range(3):
        filled(CustomThemeConfig(), "theme.dark")
        filled(CustomThemeConfig())
    assert read == ["theme.dark", "theme"]
    config._on_config_parsed.send()
    filled(CustomThemeConfig(), "theme.dark")
    assert read == ["theme.dark", "theme", "theme.dark"]
