"""Sign what leaves the server and comes back: links, receipts, and what a session knows a student by.

Everything signed is checked as it stands: whoever changes one character is refused.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.work import Receipt
from cnnlab.core.classroom.exercise import Exercise, Limits
from cnnlab.core.classroom.writing import changed
from cnnlab.core.exchange.link import decode, encode
from cnnlab.core.lessons.lesson import Go
from cnnlab.core.lessons.reading import Reader
from cnnlab.core.network import Network
from cnnlab.core.words import Refusal

LONGEST_LINK, LONGEST_RECEIPT, LONGEST_TOKEN = 20_000, 200_000, 200
_LINK, _RECEIPT, _TOKEN = "link", "receipt", "token"


@dataclass(frozen=True)
class Invitation:
    """Hold what a link to an exercise says: its name and version, and what it looks like to begin.

    A short one has neither `begin` nor `network`; it is for a code on a projector, and the rest is asked of the record.
    """

    exercise: str
    version: int
    title: str
    by: str = ""
    begin: Go | None = None
    network: Network | None = None
    weights_run: str = ""
    seed: int = 0
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


def invitation_to(exercise: Exercise, exercise_id: str, version: int, *, short: bool = False) -> Invitation:
    """Return what a link to an exercise may say."""
    named = exercise_id, version, exercise.title, exercise.by
    if short:
        return Invitation(*named)
    return Invitation(
        *named,
        exercise.begin,
        exercise.network,
        exercise.weights_run,
        exercise.seed,
        exercise.only,
        exercise.limits,
    )


class Signer:
    """Sign and read with the key of a home; each kind of text has a key of its own that is derived from it."""

    def __init__(self, key: bytes) -> None:
        self._kinds = {
            kind: URLSafeSerializer(
                key, salt=f"cnnlab.{kind}", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
            )
            for kind in (_LINK, _RECEIPT, _TOKEN)
        }

    def link(self, invitation: Invitation) -> str:
        """Return the text of a link: letters, digits, `.`, `-` and `_`; raise `Refusal` if it is too large for one."""
        form = changed(invitation)
        form |= {name: changed(form[name]) for name in ("begin", "limits") if name in form}
        if invitation.network is not None:
            form["network"] = encode(invitation.network)
        text = self._signed(_LINK, form)
        if len(text) > LONGEST_LINK:
            raise ClassroomError("This exercise is too large for a link; give fewer settings or a smaller network.")
        return text

    def read_link(self, text: str) -> Invitation:
        """Return what a link says; raise `ClassroomError` for every text that this server has not signed."""
        form = self._read(_LINK, text, LONGEST_LINK, "This link to an exercise is damaged, or of another server")
        try:
            if "network" in form:
                form["network"] = decode(form["network"])
            if "begin" in form:
                form["begin"] = Reader("link", "en").go(form["begin"], 1)
            form["only"] = {page: tuple(handles) for page, handles in form.get("only", {}).items()}
            form["limits"] = Limits(**form.get("limits", {}))
            return Invitation(**form)
        except (Refusal, TypeError, AttributeError):
            raise ClassroomError("This link to an exercise is of another version; ask for the link again.") from None

    def receipt(self, receipt: Receipt) -> str:
        """Return the text that proves what was handed in."""
        return self._signed(_RECEIPT, receipt.to_dict())

    def read_receipt(self, text: str) -> Receipt:
        """Return what a receipt proves; raise `ClassroomError` for every text that this server has not signed."""
        form = self._read(_RECEIPT, "".join(text[: 2 * LONGEST_RECEIPT].split()), LONGEST_RECEIPT, "This is no receipt")
        try:
            for name in ("answers", "goals"):
                form[name] = tuple(tuple(each) for each in form[name])
            form["trainings"] = tuple(form["trainings"])
            return Receipt(**form, text=text)
        except (KeyError, TypeError):
            raise ClassroomError("This receipt is of another version of CNN Lab.") from None

    def token(self, student: str) -> str:
        """Return what a session knows a student by; whoever has it works as that student."""
        return self._signed(_TOKEN, {"student": student})

    def read_token(self, text: str) -> str:
        """Return whose token this is; raise `ClassroomError` for every text that this server has not signed."""
        form = self._read(_TOKEN, text, LONGEST_TOKEN, "You are not known here; begin, or type your code")
        return str(form.get("student", ""))

    def _signed(self, kind: str, form: Mapping[str, Any]) -> str:
        return str(self._kinds[kind].dumps(form))

    def _read(self, kind: str, text: str, longest: int, refused: str) -> dict[str, Any]:
        try:
            if not isinstance(text, str) or not text.isascii() or len(text) > longest:
                raise BadData("no such text")
            form = self._kinds[kind].loads(text)
            # Base64 leaves bits over at its end that nobody reads: one signature could be written in several ways.
            signature = text.rpartition(".")[2].encode()
            if base64_encode(base64_decode(signature)) != signature or not isinstance(form, dict):
                raise BadData("not as it was written")
            return form
        except BadData:
            raise ClassroomError(f"{refused}; copy the whole of it, or ask for it again.") from None
