"""Read a lesson from its file: front matter in TOML, a heading a step, and fenced directives with TOML inside.

Markdown is read by markdown-it-py without HTML. Whatever is wrong is one sentence with the line and what was expected.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from cnnlab.core.augment import Augmentation
from cnnlab.core.explain.asked import METHODS
from cnnlab.core.lessons.lesson import (
    GO,
    PAGES,
    PAGES_WITH_PLACES,
    PARTS,
    POINTS,
    RUNS,
    TRAINING,
    Ask,
    Choice,
    Go,
    Goal,
    Lesson,
    Mistake,
    Step,
)
from cnnlab.core.lessons.tables import LONGEST_WORDS, Tables
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.motifs import from_word

LARGEST_FILE = 64_000  # bytes
MOST_STEPS, MOST_ASKS, MOST_GOALS = 30, 3, 3
LONGEST_TEXT = 4000
MOST_ENDINGS = 10
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_ENDING = re.compile(r"(?:\.[a-z0-9]{1,10}){1,2}")
DIRECTIVES = ("go", "ask", "goal")


def read_lesson(name: str, content: bytes, lang: str = "en") -> Lesson:
    """Read the file of a lesson; raise `LessonError`. `lang` is its language where it names none."""
    return Reader(name, lang).lesson(content)


class Reader(Tables):
    """Read the parts of one file; every sentence names it. What a classroom adds to a lesson, it reads with this.

    `takes_files` tells whether there is somebody to whom a file can be handed in.
    """

    def __init__(self, name: str, lang: str, *, takes_files: bool = False) -> None:
        super().__init__(name)
        self._lang = lang
        self._takes_files = takes_files

    def front_matter(self, content: bytes) -> dict[str, Any]:
        """Return the table that stands before the steps."""
        return self._parted(content)[0]

    def _parted(self, content: bytes) -> tuple[dict[str, Any], str, int]:
        """Return the front matter, the rest, and the line on which the rest begins."""
        if len(content) > LARGEST_FILE:
            raise self.error(1, f"a lesson has at most {LARGEST_FILE:,} bytes; this one has {len(content):,}.")
        try:
            text = content.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise self.error(1, "a lesson is text in UTF-8; save it so.") from None
        front, body, first = self._front(text)
        return self.toml(front, 2), body, first

    def lesson(self, content: bytes) -> Lesson:
        """Return the lesson; what makes an exercise of it stands in a table of its own, and is left alone here."""
        table, body, first = self._parted(content)
        known = {"title": str, "minutes": int, "lang": str, "quote": str, "link": str, "exercise": dict}
        facts = self.table(table, 1, known, needed=("title", "minutes"))
        if not 1 <= facts["minutes"] <= 60:
            raise self.error(1, "minutes lies between 1 and 60.")
        steps = tuple(self._steps(MarkdownIt("commonmark", {"html": False}).parse(body), body.split("\n"), first))
        if not 1 <= len(steps) <= MOST_STEPS:
            raise self.error(first, f"a lesson has 1 to {MOST_STEPS} steps, each under a heading ##; not {len(steps)}.")
        lang = facts.get("lang", self._lang)
        if not _LANGUAGE.fullmatch(lang):
            raise self.error(1, "lang is a language, such as en or de.")
        link = facts.get("link", "")
        if link and not link.startswith("https://"):
            raise self.error(1, "link begins with https://.")
        name = self._name.rpartition("/")[2].removesuffix(".md")
        return Lesson(name, facts["title"], facts["minutes"], lang, facts.get("quote", ""), link, steps)

    def _front(self, text: str) -> tuple[str, str, int]:
        """Return the front matter, the rest, and the line on which the rest begins."""
        lines = text.split("\n")
        if lines[0].strip() != "+++" or "+++" not in map(str.strip, lines[1:]):
            raise self.error(1, "a lesson begins with front matter in TOML between two lines +++.")
        end = next(i for i, line in enumerate(lines[1:], 1) if line.strip() == "+++")
        return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2

    def _steps(self, tokens: Sequence[Token], lines: Sequence[str], first: int) -> Iterator[Step]:
        starts = [i for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2"]
        if tokens and (not starts or starts[0] > 0):
            raise self.error(first + _line(tokens[0]), "a step begins with a heading ##; expected one here.")
        for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
            yield self._step(tokens[start:end], lines, first)

    def _step(self, tokens: Sequence[Token], lines: Sequence[str], first: int) -> Step:
        line = first + _line(tokens[0])
        title = tokens[1].content
        self.bounded(title, line, LONGEST_WORDS)
        text: list[str] = []
        gos: list[Go] = []
        asks: list[Ask] = []
        goals: list[Goal] = []
        for token in tokens[3:]:
            if token.level or token.map is None or token.nesting < 0:
                continue
            if token.type != "fence" or not token.info.startswith("{"):
                # A list counts the empty lines behind it as its own.
                text.append("\n".join(lines[token.map[0] : token.map[1]]).rstrip())
                continue
            at = first + token.map[0]
            kind = token.info.strip().strip("{}")
            table = self.toml(token.content, at + 1)
            if kind == "go":
                gos.append(self.go(table, at))
            elif kind == "ask":
                asks.append(self._ask(table, at))
            elif kind == "goal":
                goals.append(self._goal(table, at))
            else:
                raise self.error(at, f"there is no directive {{{kind}}}; there are {', '.join(DIRECTIVES)}.")
        words = "\n\n".join(text)
        self.bounded(words, line, LONGEST_TEXT)
        if len(gos) != 1:
            raise self.error(line, f"a step has one {{go}} that names its page; this one has {len(gos)}.")
        if len(asks) > MOST_ASKS or len(goals) > MOST_GOALS:
            raise self.error(line, f"a step has at most {MOST_ASKS} questions and {MOST_GOALS} goals.")
        if places := sum(ask.place is not None for ask in asks):
            if gos[0].page not in PAGES_WITH_PLACES:
                raise self.error(line, f"a place is pressed on the page {' or '.join(PAGES_WITH_PLACES)}.")
            if places > 1:
                raise self.error(line, f"a step asks for one place; this one asks for {places}.")
        return Step(title, gos[0], words, tuple(asks), tuple(goals), line)

    def go(self, table: Mapping[str, Any], line: int) -> Go:
        """Return where a step leads and what it sets."""
        facts = self.table(table, line, GO, needed=("page",))
        for key, offered in _OFFERED.items():
            if key in facts and facts[key] not in offered:
                raise self.error(line, f"{key} is one of {', '.join(offered)}; not “{facts[key]}”.")
        parts = PARTS.get(facts["page"], {})
        if "part" in facts and facts["part"] not in parts:
            said = f"part is one of {', '.join(parts)}" if parts else f"the page {facts['page']} has no parts"
            raise self.error(line, f"{said}; not “{facts['part']}”.")
        facts["methods"] = tuple(facts.get("methods", ()))
        if not set(map(str, facts["methods"])) <= set(METHODS):
            raise self.error(line, f"methods is a list of some of {', '.join(METHODS)}.")
        changes = facts.get("changes", [])
        if not all(isinstance(each, list) and len(each) == 3 and all(map(_is_name, each[:2])) for each in changes):
            raise self.error(line, 'changes is a list of [layer, option, value], such as ["conv2d", "filters", 8].')
        shape = facts.get("input_shape")
        if shape is not None and not (len(shape) == 3 and all(type(n) is int and 1 <= n <= 1000 for n in shape)):
            raise self.error(line, "input_shape is [height, width, channels].")
        unknown = [name for name in facts.get("augment", {}) if name not in Augmentation.__dataclass_fields__]
        if unknown:
            raise self.error(line, f"augment has settings by Keras' names; there is no {unknown[0]}.")
        self.table(facts.get("training", {}), line, TRAINING)
        facts["changes"] = tuple((layer, option, _frozen(value)) for layer, option, value in changes)
        if shape is not None:
            facts["input_shape"] = tuple(shape)
        return Go(**facts)

    def _ask(self, table: Mapping[str, Any], line: int) -> Ask:
        facts = self.table(table, line, _ASK, needed=("question",))
        if sum(bool(facts.get(kind)) for kind in ("answer", "choices", "place", "motif", "sentence", "file")) != 1:
            raise self.error(
                line, "a question has an answer, or choices, or a place, or a motif, or sentence or file = true."
            )
        self._motif(facts.get("motif", ""), line)
        facts["endings"] = self._endings(facts, line)
        for kind in {"answer", "place"} & facts.keys():
            facts[kind] = self.expression(facts[kind], line)
        if "place" in facts and not facts.get("explain"):
            raise self.error(line, "a question for a place has an explain that says where it is.")
        facts["mistakes"] = tuple(
            Mistake(self.expression(each["gives"], line), each["says"])
            for each in self.rows(facts.get("mistakes", []), line, {"gives": str, "says": str})
        )
        facts["choices"] = tuple(
            Choice(each["text"], self.expression(each["right"], line), each["says"])
            for each in self.rows(facts.get("choices", []), line, {"text": str, "right": str, "says": str})
        )
        return Ask(**facts)

    def _motif(self, word: str, line: int) -> None:
        """Refuse what is no word of DNA."""
        if word and self._takes_files:
            raise self.error(line, "a motif is asked for in a lesson only; let an exercise offer choices.")
        try:
            if word:
                from_word(word)
        except SequenceError as error:
            raise self.error(line, str(error)) from None

    def _endings(self, facts: Mapping[str, Any], line: int) -> tuple[str, ...]:
        endings: list[Any] = facts.get("endings", [])
        if (facts.get("file") or endings) and not self._takes_files:
            raise self.error(line, "a file is handed in in an exercise only; let a lesson ask for a sentence.")
        if (endings and not facts.get("file")) or len(endings) > MOST_ENDINGS:
            raise self.error(line, f"endings are at most {MOST_ENDINGS}, and belong to file = true.")
        if bad := [one for one in endings if not isinstance(one, str) or not _ENDING.fullmatch(one)]:
            raise self.error(line, f'an ending is a point with letters or digits, such as ".pdf"; not {bad[0]!r:.60}.')
        return tuple(endings)

    def _goal(self, table: Mapping[str, Any], line: int) -> Goal:
        facts = self.table(table, line, {"text": str, "when": str}, needed=("text", "when"))
        return Goal(facts["text"], self.expression(facts["when"], line))


_OFFERED: Mapping[str, Collection[str]] = {
    "page": PAGES,
    "point": POINTS,
    "network": tuple(preset.key for preset in PRESETS),
    "weights": ("trained", "random"),
    "run": RUNS,
}
_ASK: Mapping[str, type] = {
    **dict.fromkeys(("question", "answer", "place", "motif", "hint", "explain"), str),
    **dict.fromkeys(("mistakes", "choices", "endings"), list),
    **dict.fromkeys(("sentence", "file"), bool),
    "within": float,
}


def _line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_WORDS


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
