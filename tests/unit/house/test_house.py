"""The house keeps its rules: imports point one way, and modules and functions stay short."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("core", "viz", "processes", "runs", "classroom", "tf", "ui", "commands")
MAY_IMPORT = {
    "core": {"core"},
    "viz": {"viz", "core"},
    "processes": {"processes", "core"},
    "runs": {"runs", "processes", "core"},
    "classroom": {"classroom", "processes", "core"},
    "tf": {"tf", "core", "processes", "runs"},
    "ui": {"ui", "viz", "runs", "classroom", "processes", "core"},
    "pages": {"ui", "viz", "runs", "classroom", "processes", "core"},
    "commands": {"commands", "core", "viz", "processes", "runs", "classroom"},
    "command line": {"commands", "core", "viz", "processes", "runs", "classroom"},
}
TENSORFLOW = {"tensorflow", "keras"}
SOURCES = sorted(
    [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(p for p in (ROOT / "cnnlab").rglob("*.py"))],
)


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    if parts[0] == "pages" or parts == ("app.py",):
        return "pages"
    return "command line" if len(parts) == 2 else parts[1]


def imports(path: Path) -> set[str]:
    """Return every module imported anywhere in a file, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    room = room_of(path)
    for module in imports(path):
        parts = module.split(".")
        if parts[0] == "cnnlab" and len(parts) > 1 and parts[1] in ROOMS:
            assert parts[1] in MAY_IMPORT[room], f"{room} may not import {module}"
        if parts[0] == "streamlit":
            assert room in ("ui", "pages"), f"{room} may not import streamlit"
        if parts[0] in TENSORFLOW:
            assert room == "tf", f"{room} may not import {module}"
        if room == "core":
            allowed = sys.stdlib_module_names | {"numpy", "PIL", "pi_heif", "markdown_it", "cnnlab"}
            assert parts[0] in allowed, f"core may not import {module}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 310, f"{path.name} has {text.count(chr(10))} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 48, f"{path.name}: {node.name} has {length} lines"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_public_thing_says_what_it_does(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{path.name} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path.name}: {node.name} has no docstring"


def test_nothing_the_web_process_imports_loads_tensorflow_or_ray() -> None:
    code = (
        "import sys, pkgutil, importlib, cnnlab\n"
        "seen = 0\n"
        "for found in pkgutil.walk_packages(cnnlab.__path__, 'cnnlab.'):\n"
        "    if found.name.split('.')[1] not in ('tf', '__main__') and found.name != 'cnnlab.ui.shell':\n"
        "        importlib.import_module(found.name)\n"
        "        seen += 1\n"
        "assert seen > 150, f'only {seen} modules were looked at'\n"
        "assert not {'tensorflow', 'keras', 'ray'} & set(sys.modules), 'TensorFlow or Ray was loaded'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_command_line_starts_without_tensorflow_and_streamlit() -> None:
    code = "import sys, cnnlab.__main__; assert not {'tensorflow', 'keras', 'streamlit'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
