"""Bound what browsers leave in the server's memory: files for Streamlit's own upload, whoever asks for room there."""

import re
import threading
from typing import TYPE_CHECKING, Any, cast

from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from cnnlab.core.pictures import shown_name

if TYPE_CHECKING:
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.uploaded_file_manager import UploadedFile

ADDRESS = re.compile(r".*/_stcore/upload_file/([^/]+)/([^/]+)")
UNCLAIMED_SECONDS = 60.0  # a page asks for its file as soon as it is there
MOST_PROMISED = 400  # places for files that one session may have asked for
SESSION_FILES, ADDRESS_FILES, ALL_FILES = 2, 4, 5  # bytes held, in files of the largest size that may be sent


class BrowserFiles:
    """Know which files Streamlit was told to expect, which of them a page has asked for, and how much there is.

    `largest` is the size of the largest file that may be sent, in bytes.
    """

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._lock = threading.Lock()
        self._manager: MemoryUploadedFileManager | None = None
        self._promised: dict[str, dict[str, None]] = {}
        self._claimed: dict[str, set[str]] = {}
        self._origins: dict[str, str] = {}
        self._arriving: dict[tuple[str, str], int] = {}

    def attach(self, manager: "MemoryUploadedFileManager") -> None:
        """Learn from Streamlit's store of files what it promises, gives to a page and forgets."""
        give_urls, give_files, forget = manager.get_upload_urls, manager.get_files, manager.remove_session_files
        add = manager.add_file

        def get_upload_urls(session_id: str, file_names: Any) -> Any:
            urls = give_urls(session_id, file_names[:MOST_PROMISED])
            with self._lock:
                promised = self._promised.setdefault(session_id, {})
                promised |= dict.fromkeys(url.file_id for url in urls)
                for old in list(promised)[:-MOST_PROMISED]:
                    del promised[old]
            return urls

        def get_files(session_id: str, file_ids: Any) -> Any:
            with self._lock:
                self._claimed.setdefault(session_id, set()).update(file_ids)
            return give_files(session_id, file_ids)

        def remove_session_files(session_id: str) -> None:
            with self._lock:
                for known in (self._promised, self._claimed, self._origins):
                    known.pop(session_id, None)
            forget(session_id)

        self._manager = manager

        def add_file(session_id: str, file: UploadedFileRec) -> None:
            # Streamlit raises at a name with a NUL, whenever a page asks for the file.
            add(session_id, file._replace(name=shown_name(file.name)))

        for ours in (get_upload_urls, get_files, remove_session_files, add_file):
            setattr(manager, ours.__name__, ours)

    def refuse(self, session: str, file: str, size: int, origin: str) -> str | None:
        """Reserve room for a file that is about to arrive, or return in one sentence why there is none."""
        with self._lock:
            if file not in self._promised.get(session, {}):
                return "No page has asked for this file; choose it again."
            self._origins[session] = origin
            held = self._held()
            at_address = sum(held[known] for known in held if self._origins.get(known) == origin)
            everybody = sum(held.values())
            limits = ((held[session], SESSION_FILES), (at_address, ADDRESS_FILES), (everybody, ALL_FILES))
            for there, files in limits:
                if there + size > files * self._largest:
                    return "Too many files of yours or of others are held right now; remove some, or try again later."
            self._arriving[session, file] = size
            return None

    def arrived(self, session: str, file: str) -> None:
        """Give back the room that was reserved: the file is held, or it never came."""
        with self._lock:
            self._arriving.pop((session, file), None)

    def forget_unclaimed(self, session: str, file: str) -> None:
        """Take a file away that no page has asked for."""
        with self._lock:
            claimed = file in self._claimed.get(session, ())
            self._promised.get(session, {}).pop(file, None)
        if not claimed and self._manager is not None:
            self._manager.remove_file(session, file)

    def _held(self) -> dict[str, int]:
        """Return the bytes of every session, with those that arrive."""
        held: dict[str, int] = dict.fromkeys(self._origins, 0)
        if self._manager is not None:
            for session, files in list(self._manager.file_storage.items()):
                held[session] = sum(len(file.data) for file in list(files.values()))
        for (session, _), size in self._arriving.items():
            held[session] = held.get(session, 0) + size
        return held


def release(uploaded: "UploadedFile") -> None:
    """Let go of the bytes of a file that was written elsewhere; its widget goes on showing the name."""
    context = get_script_run_ctx()
    if context is not None:
        files = cast("MemoryUploadedFileManager", context.uploaded_file_mgr)
        if files.get_files(context.session_id, [uploaded.file_id]):
            files.add_file(context.session_id, UploadedFileRec(uploaded.file_id, uploaded.name, uploaded.type, b""))
