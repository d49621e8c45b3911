"""Read labelled sequences from somebody's file or folder: FASTA, CSV, TSV, or one-hot arrays of numpy.

Whatever a stranger sends is read in a process with limits; see `cnnlab.processes.data.sequence_reading`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.sequences.letters import LETTERS, UNKNOWN, Codes, SequenceError, codes_of, filled
from cnnlab.core.sequences.sequence_set import Labels
from cnnlab.core.words import visible

LONGEST = 10_000  # letters of a sequence
MOST = 200_000  # sequences
MOST_LETTERS = 50_000_000  # of all sequences together
MOST_BYTES = 200 << 20  # of a file
LONGEST_LINE = LONGEST + 2_000  # bytes
LONGEST_CLASS = 40  # characters
MOST_CLASSES = 20
MOST_FILLED = 0.5  # of a sequence may be N behind its letters
FASTA, TABLES, ARRAY = (".fasta", ".fa", ".fna"), (".csv", ".tsv"), ".npy"
ENDINGS = (*FASTA, *TABLES, ARRAY)
LABELS = "y.npy"


@dataclass(frozen=True, eq=False)
class Read:
    """Hold what was read: codes (n, length), labels into `classes`, and how many letters were not known.

    `lengths` is how many letters each had before N filled it, None where all have one length.
    """

    codes: Codes
    labels: Labels
    classes: tuple[str, ...]
    unknown: int
    lengths: Labels | None = None


Labelled = Iterator[tuple[str, bytes, str]]
"""The file and line that a sequence begins at, its letters, and its class."""


def is_file_of_sequences(path: Path) -> bool:
    """Tell by its name whether a file, or every file of a folder, holds sequences."""
    if path.is_dir():
        names = [each.name.lower() for each in path.iterdir() if not each.name.startswith(".")]
        return bool(names) and all(name.endswith(ENDINGS) for name in names)
    return path.name.lower().endswith(ENDINGS)


def read(path: Path) -> Read:
    """Read a file whose sequences have labels, or a folder with one file a class; raise `SequenceError`.

    In FASTA a header ends in `label=` with the class; a table has a sequence and a label in each line; arrays are
    X.npy (n, length, 4) with the classes' numbers in y.npy, or one array a class. A folder with one file is that file.
    """
    if not path.is_dir():
        return _collected(_labelled(path), path.name)
    files = sorted(each for each in path.iterdir() if not each.name.startswith("."))
    if len(files) == 1 and files[0].suffix.lower() != ARRAY:
        return read(files[0])
    if len(files) > MOST_CLASSES:
        raise SequenceError(f"{path.name} has {len(files)} files, and at most {MOST_CLASSES} classes are read.")
    if {each.name.lower() for each in files} == {"x.npy", LABELS}:
        labels, arrays = sorted(files, key=lambda each: each.name.lower() != LABELS)
        return _with_labels(_array(arrays), labels)
    if all(each.suffix.lower() == ARRAY for each in files):
        return _joined({_class(each.stem): _array(each) for each in files})
    return _collected((one for each in files for one in _of_class(each)), path.name)


def _labelled(path: Path) -> Labelled:
    """Yield the sequences of one file with the classes that it tells."""
    suffix = path.suffix.lower()
    if suffix == ARRAY:
        raise SequenceError(f"{path.name} tells no classes; put {LABELS} beside it, or one array a class in a folder.")
    if suffix in TABLES:
        yield from _table(path)
        return
    for line, letters, header in _fasta(path):
        label = header.rpartition("label=")[2].strip() if "label=" in header else ""
        if not label:
            raise SequenceError(
                f"{line}: the header has no label=; write >name label=bound, or put one file a class into a folder."
            )
        yield line, letters, label


def _of_class(path: Path) -> Labelled:
    """Yield the sequences of a file that holds one class, which has the file's name."""
    if path.suffix.lower() not in FASTA:
        raise SequenceError(f"{path.name} stands in a folder with one file a class, and only FASTA is read so.")
    for line, letters, _ in _fasta(path):
        yield line, letters, path.stem


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a text file with their numbers, never more than `LONGEST_LINE` bytes of one."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        mb = -(-size // 2**20)
        raise SequenceError(f"{path.name} has {mb:,} MB, and at most {MOST_BYTES >> 20:,} are read; split it.")
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise SequenceError(
                    f"{path.name}, line {number}: longer than {LONGEST_LINE:,} characters; break it into lines, or cut "
                    f"the sequence to {LONGEST:,} letters."
                )
            if b"\0" in line:
                raise SequenceError(f"{path.name}, line {number}: this is no text; save it as FASTA, CSV or TSV.")
            yield number, line.removeprefix(b"\xef\xbb\xbf").strip()


def _fasta(path: Path) -> Labelled:
    """Yield each record: the line and the text of its header, and its letters."""
    began, header, length = "", "", 0
    parts: list[bytes] = []
    for number, line in _lines(path):
        if line.startswith(b">"):
            if began:
                yield began, b"".join(parts), header
            began, header, parts, length = f"{path.name}, line {number}", line[1:].decode("utf-8", "replace"), [], 0
        elif line and not line.startswith(b";"):
            if not began:
                raise SequenceError(
                    f"{path.name}, line {number}: FASTA begins with a header such as >name label=bound."
                )
            parts.append(b"".join(line.split()))
            length += len(parts[-1])
            if length > LONGEST:
                raise SequenceError(f"{path.name}, line {number}: more than {LONGEST:,} letters; cut the sequence.")
    if not began:
        raise SequenceError(f"{path.name} is empty; it should hold sequences.")
    yield began, b"".join(parts), header


def _table(path: Path) -> Labelled:
    """Yield the lines of a table: a sequence and a label, in this order or as a first line names the columns."""
    separator = b"\t" if path.suffix.lower() == ".tsv" else b","
    order = (0, 1)
    for number, line in _lines(path):
        cells = [cell.strip().strip(b'"') for cell in line.split(separator)]
        names = [cell.lower() for cell in cells]
        if number == 1 and b"sequence" in names and b"label" in names:
            order = names.index(b"sequence"), names.index(b"label")
            continue
        if not line:
            continue
        if len(cells) <= max(order) or not cells[order[1]]:
            raise SequenceError(f"{path.name}, line {number}: a sequence and a label are needed, with a comma or tab.")
        yield f"{path.name}, line {number}", cells[order[0]], cells[order[1]].decode("utf-8", "replace")


def _collected(found: Labelled, name: str) -> Read:
    """Return all sequences as codes as long as the longest; raise `SequenceError` with the place of what is wrong."""
    rows: list[Codes] = []
    given: list[str] = []
    places: list[str] = []
    letters_of_all = 0
    for line, letters, label in found:
        try:
            codes = codes_of(letters)
        except SequenceError as error:
            raise SequenceError(f"{line}: {error}.") from None
        if not len(codes):
            raise SequenceError(f"{line}: 0 letters, and at least one is needed; leave this sequence out.")
        rows.append(codes)
        given.append(_class(label))
        places.append(line)
        letters_of_all += len(codes)
        if len(rows) > MOST or letters_of_all > MOST_LETTERS:
            raise SequenceError(f"{name} has more than {MOST:,} sequences or {MOST_LETTERS:,} letters; take fewer.")
    return _filled(rows, given, places, name) if rows else _read(np.zeros((0, 1), np.uint8), given)


def _filled(rows: list[Codes], given: list[str], places: list[str], name: str) -> Read:
    """Return sequences as long as the longest, N behind the shorter ones; raise `SequenceError` for too much of it."""
    lengths = np.array(list(map(len, rows)), np.int64)
    shortest, longest = int(lengths.argmin()), int(lengths.argmax())
    if lengths[shortest] == lengths[longest]:
        return _read(np.stack(rows), given)
    if lengths[shortest] < MOST_FILLED * lengths[longest]:
        raise SequenceError(
            f"{places[shortest]}: {counted(int(lengths[shortest]), 'letter')}, less than half of the "
            f"{lengths[longest]:,} of {places[longest]}; N fills shorter sequences, but not most of one. Cut the long "
            "ones, or leave out the short ones."
        )
    if len(rows) * int(lengths[longest]) > MOST_LETTERS:
        raise SequenceError(f"{name} filled to {lengths[longest]:,} letters each is more than {MOST_LETTERS:,}; cut.")
    found = _read(np.stack([filled(codes, int(lengths[longest])) for codes in rows]), given)
    unknown = found.unknown - int((lengths[longest] - lengths).sum())
    return replace(found, unknown=unknown, lengths=lengths)


def _class(label: str) -> str:
    """Return a class as it is shown: a short text in one line."""
    return " ".join(visible(label).split())[:LONGEST_CLASS] or "unnamed"


def _array(path: Path) -> Codes:
    """Return an array (n, length, 4) of zeros and ones as codes; no pickled object is opened."""
    array = _loaded(path)
    if array.ndim != 3 or array.shape[2] != len(LETTERS) or not array.size:
        raise SequenceError(f"{path.name} has the shape {array.shape}; one-hot letters are (sequences, length, 4).")
    if array.shape[1] > LONGEST or len(array) > MOST or array.shape[0] * array.shape[1] > MOST_LETTERS:
        raise SequenceError(f"{path.name} holds more than {MOST:,} sequences or {LONGEST:,} letters; take fewer.")
    values = np.asarray(array)
    if values.dtype.kind not in "buif" or not np.isin(values, (0, 1)).all() or (values.sum(axis=2) > 1).any():
        raise SequenceError(f"{path.name} is not one-hot: each position has a single 1, or zeros for N; mend it.")
    return np.where(values.any(axis=2), values.argmax(axis=2), UNKNOWN).astype(np.uint8)


def _loaded(path: Path) -> np.ndarray:
    if path.stat().st_size > MOST_BYTES:
        raise SequenceError(f"{path.name} is larger than {MOST_BYTES >> 20:,} MB; save it as whole bytes, or fewer.")
    try:
        loaded = np.load(path, mmap_mode="r", allow_pickle=False)
    except MemoryError:
        raise
    except Exception:  # numpy takes the header for a piece of Python, which can be wrong in any way that Python can
        raise SequenceError(f"{path.name} is no plain array of numpy; save it with numpy.save.") from None
    if not isinstance(loaded, np.ndarray):
        raise SequenceError(f"{path.name} holds several arrays; save one with numpy.save.")
    return loaded


def _with_labels(codes: Codes, path: Path) -> Read:
    labels = np.asarray(_loaded(path)).ravel() if _loaded(path).size == len(codes) else np.zeros(0)
    if len(labels) != len(codes) or labels.dtype.kind not in "bui":
        raise SequenceError(f"{path.name} must hold one whole number for each of the {len(codes):,} sequences.")
    return _read(codes, [f"class {number}" for number in labels.tolist()])


def _joined(arrays: Mapping[str, Codes]) -> Read:
    if len({codes.shape[1] for codes in arrays.values()}) > 1:
        raise SequenceError("The arrays have different lengths; cut or fill all to one length.")
    return _read(np.concatenate(list(arrays.values())), [name for name, codes in arrays.items() for _ in codes])


def _read(codes: Codes, given: list[str]) -> Read:
    """Return sequences with their labels; raise `SequenceError` if there is nothing to learn from them."""
    classes = tuple(sorted(set(given)))
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise SequenceError(
            f"There {'is one class' if len(classes) == 1 else f'are {len(classes)} classes'}, and 2 to {MOST_CLASSES} "
            "are needed; give each sequence its label."
        )
    index: Callable[[str], int] = {name: i for i, name in enumerate(classes)}.__getitem__
    return Read(codes, np.array(list(map(index, given)), np.int64), classes, int((codes == UNKNOWN).sum()))
