"""Make a component from its files: follow what its entry imports, and hand Streamlit one module.

A browser would fetch imported files one by one, but Streamlit serves folders of installed packages only.
"""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from posixpath import normpath

import streamlit as st

from cnnlab.ui.parts.sending import Component, declared

COMPONENTS = Path(__file__).resolve().parents[1] / "components"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[\w./]+\.js)"$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|const|class) (\w+))", re.MULTILINE)
_DEFAULT = re.compile(r"^export default ", re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import|export)\b.*|^.*\bimport\(.*", re.MULTILINE)
_SENT = re.compile(r'\bset(?:State|Trigger)Value\("(\w+)"')


def component(
    name: str, entry: str, *, html: str, styles: Sequence[str] = (), sends: type | None = None, isolate: bool = True
) -> Component:
    """Register a component and return what mounts it.

    `entry` is the file with the default export, `html` a file or the markup itself, `styles` are files; all of them
    below `ui/components`. `sends` declares each message that the scripts send; ValueError if they send others. Only
    with `isolate` the page's own style does not reach the component.
    """
    script, messages = joined(entry), declared(sends)
    if (sent := sent_by(script)) != set(messages):
        raise ValueError(f"{entry} sends {sorted(sent)}, and {sorted(messages)} is declared.")
    renderer = st.components.v2.component(
        name,
        html=source(html) if html.endswith(".html") else html,
        css=source(*styles) if styles else None,
        js=script,
        isolate_styles=isolate,
    )
    return Component(name, renderer, messages)


def source(*names: str) -> str:
    """Return the text of files below `ui/components`, one after the other."""
    return "\n".join((COMPONENTS / name).read_text(encoding="utf-8") for name in names)


def sent_by(script: str) -> set[str]:
    """Return the name of every value that a script sends to the server."""
    return set(_SENT.findall(script))


def joined(entry: str) -> str:
    """Return an entry file and everything that it imports as the text of one module."""
    return f"{scopes(entry)}\nexport default {scope_name(entry)}.default\n"


def scopes(*entries: str) -> str:
    """Return files and everything that they import, each file once, as an object that holds what it exports.

    Every file keeps a scope of its own, so that no two names can clash. ValueError if a file imports what is not
    exported, is imported by what it imports, or says it in another form than `import { a, b } from "./c.js"`.
    """
    done: dict[str, tuple[str, set[str]]] = {}
    for entry in entries:
        _follow(entry, done, ())
    return "\n".join(text for text, _ in done.values())


def scope_name(file: str) -> str:
    """Return under which name `scopes` keeps what a file exports."""
    return "$" + file.removesuffix(".js").replace("/", "$")


def _follow(file: str, done: dict[str, tuple[str, set[str]]], above: tuple[str, ...]) -> set[str]:
    """Put a file behind everything that it imports and return the names that it exports."""
    if file in above:
        raise ValueError(f"{' imports '.join((*above[above.index(file) :], file))}: a circle.")
    if file in done:
        return done[file][1]

    def taken(found: re.Match[str]) -> str:
        other = normpath(str(PurePosixPath(file).parent / found[2]))
        names = [name.strip() for name in found[1].split(",") if name.strip()]
        if missing := set(names) - _follow(other, done, (*above, file)):
            raise ValueError(f"{file} imports {sorted(missing)} from {other}, which exports nothing of that name.")
        return f"const {{ {', '.join(names)} }} = {scope_name(other)}"

    text = _IMPORT.sub(taken, source(file))
    exported = set(_EXPORT.findall(text))
    text, defaults = _DEFAULT.subn("const $default = ", _EXPORT.sub("", text))
    if unknown := _UNKNOWN.search(text):
        raise ValueError(f"{file} says {unknown[0]!r}, in a form that is not followed.")
    given = ", ".join([*sorted(exported), *["default: $default"] * defaults])
    done[file] = (f"const {scope_name(file)} = (() => {{\n{text.rstrip()}\nreturn {{ {given} }}\n}})()", exported)
    return exported
