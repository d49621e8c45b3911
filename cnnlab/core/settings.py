"""Read every setting of CNN Lab from the environment, once, and say what is wrong in one sentence."""

import importlib.util
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from cnnlab.core.kept.disk import Disk
from cnnlab.core.words import Refusal

MEMORY_PER_TRAINING = 3 << 29  # bytes: TensorFlow with a network of the lesson's size and its pictures
MEMORY_PER_DECODER = 1 << 30  # bytes, so that what they hold is a small part of it
SHORTEST_KEY, LONGEST_KEY = 6, 200
CGROUP, OWN_GROUP = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
Networks = tuple[IPv4Network | IPv6Network, ...]
_HOST = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:[0-9]{1,5})?")


class SettingsError(Refusal):
    """Say in one sentence which environment variable is wrong and what is expected."""


@dataclass(frozen=True)
class Settings:
    """Hold the limits and places that a server or command works with.

    `lessons` is a folder with lessons of the teacher's own. `slots` is how many trainings run at once; `threads` how
    many threads each of them gets. `engine` is `local` or `ray`, and `ray_address` that of the cluster's dashboard.
    `max_minutes` is the wall time of one training, `max_disk_mb` the size of everything in the home, and `keep_days`
    for how many days a student of a class is kept who gives no sign of life. `hosts` are names of the server beside its
    own, `trusted_proxies` tell the truth in `X-Forwarded-For`, behind `shared_addresses` are many visitors each, and
    `frame_ancestors` are the sites that may show the pages in a frame.
    """

    home: Path
    data_root: Path | None = None
    lessons: Path | None = None
    engine: str = "local"
    ray_address: str = ""
    max_epochs: int = 200
    max_params: int = 20_000_000
    max_pixels: int = 40_000_000
    max_upload_mb: int = 200
    max_archive_mb: int = 2000
    max_minutes: int = 60
    max_disk_mb: int = 20_000
    keep_days: int = 400
    teacher_key: str = field(default="", repr=False)
    slots: int = 1
    threads: int = 1
    hosts: tuple[str, ...] = ()
    trusted_proxies: Networks = ()
    shared_addresses: Networks = ()
    frame_ancestors: tuple[str, ...] = ()

    @property
    def disk(self) -> Disk:
        """Return what measures the home against its limit."""
        return Disk(self.home, self.max_disk_mb)

    @property
    def surveys(self) -> Path:
        """Return the folder that remembers what reading the pictures of a data set found."""
        return self.home / "surveys"

    @property
    def pixels(self) -> Path:
        """Return the folder that keeps the pictures of data sets at the sizes that trainings take them."""
        return self.home / "pixels"

    @property
    def features(self) -> Path:
        """Return the folder that keeps what borrowed trunks make of data sets."""
        return self.home / "features"

    @property
    def strongest(self) -> Path:
        """Return the folder that remembers what the channels of networks answered most in a data set."""
        return self.home / "strongest"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings from environment variables; raise `SettingsError` for a value that cannot hold."""
        env = os.environ if environ is None else environ
        engine, ray_address = _engine(env)
        cores = usable_cores()
        slots = _whole_number(env, "CNNLAB_SLOTS", max(1, min(cores // 2, _memory() // MEMORY_PER_TRAINING)))
        return cls(
            home=Path(env.get("CNNLAB_HOME") or Path.home() / ".cnnlab").expanduser().absolute(),
            data_root=_folder(env, "CNNLAB_DATA_ROOT"),
            lessons=_folder(env, "CNNLAB_LESSONS"),
            engine=engine,
            ray_address=ray_address,
            max_epochs=_whole_number(env, "CNNLAB_MAX_EPOCHS", cls.max_epochs),
            max_params=_whole_number(env, "CNNLAB_MAX_PARAMS", cls.max_params),
            max_pixels=_whole_number(env, "CNNLAB_MAX_PIXELS", cls.max_pixels),
            max_upload_mb=_whole_number(env, "CNNLAB_MAX_UPLOAD_MB", cls.max_upload_mb),
            max_archive_mb=_whole_number(env, "CNNLAB_MAX_ARCHIVE_MB", cls.max_archive_mb),
            max_minutes=_whole_number(env, "CNNLAB_MAX_MINUTES", cls.max_minutes),
            max_disk_mb=_whole_number(env, "CNNLAB_MAX_DISK_MB", cls.max_disk_mb),
            keep_days=_whole_number(env, "CNNLAB_KEEP_DAYS", cls.keep_days),
            teacher_key=_teacher_key(env),
            slots=slots,
            threads=max(1, cores // slots),
            hosts=_words(env, "CNNLAB_HOSTS", _HOST, "names without a port, such as lab.school.org or *.school.org"),
            trusted_proxies=_networks(env, "CNNLAB_TRUSTED_PROXIES"),
            shared_addresses=_networks(env, "CNNLAB_SHARED_ADDRESSES"),
            frame_ancestors=_words(env, "CNNLAB_FRAME_ANCESTORS", _ORIGIN, "origins such as https://moodle.school.org"),
        )


def _folder(env: Mapping[str, str], name: str) -> Path | None:
    folder = env.get(name)
    if folder and not Path(folder).is_dir():
        raise SettingsError(f"{name} must name a folder that exists, not {folder!r}.")
    return Path(folder).resolve() if folder else None


def _engine(env: Mapping[str, str]) -> tuple[str, str]:
    engine, address = env.get("CNNLAB_ENGINE") or "local", env.get("CNNLAB_RAY_ADDRESS") or ""
    if engine not in ("local", "ray"):
        raise SettingsError(f"CNNLAB_ENGINE must be 'local' or 'ray', not {engine!r}.")
    if engine == "local":
        if address:
            raise SettingsError(
                "CNNLAB_RAY_ADDRESS is set, but CNNLAB_ENGINE is 'local'; set it to 'ray' or unset both."
            )
        return engine, address
    if importlib.util.find_spec("ray") is None:
        raise SettingsError(
            "CNNLAB_ENGINE is 'ray', but Ray is not installed; run 'make setup-ray' or "
            "'pip install -r requirements-ray.txt', or unset it."
        )
    url = urlsplit(address)
    # Everybody reads the address on the page, so it must not hold a password; here it is not repeated.
    if url.scheme not in ("http", "https") or not url.hostname or url.username:
        raise SettingsError(
            "CNNLAB_ENGINE is 'ray', so CNNLAB_RAY_ADDRESS must be the address of the cluster's dashboard, such as "
            "http://127.0.0.1:8265."
        )
    return engine, address


def _teacher_key(env: Mapping[str, str]) -> str:
    key, file = env.get("CNNLAB_TEACHER_KEY") or "", env.get("CNNLAB_TEACHER_KEY_FILE") or ""
    if key and file:
        raise SettingsError("CNNLAB_TEACHER_KEY and CNNLAB_TEACHER_KEY_FILE are both set; unset one of them.")
    if file:
        try:
            key = Path(file).read_text(encoding="utf-8")[:LONGEST_KEY].strip()
        except (OSError, ValueError):
            raise SettingsError(f"CNNLAB_TEACHER_KEY_FILE must name a text file with the key, not {file!r}.") from None
        if not key:
            raise SettingsError(f"The file {file!r} of CNNLAB_TEACHER_KEY_FILE holds no key; write it there.")
    if key and len(key) < SHORTEST_KEY:
        raise SettingsError(f"CNNLAB_TEACHER_KEY must have at least {SHORTEST_KEY} characters, not {len(key)}.")
    return key


def _listed(env: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in (env.get(name) or "").split(",") if part.strip()]


def _words(env: Mapping[str, str], name: str, pattern: re.Pattern[str], expected: str) -> tuple[str, ...]:
    found = tuple(word.lower() for word in _listed(env, name))
    for word in found:
        if not pattern.fullmatch(word):
            raise SettingsError(f"{name} must hold {expected}, separated by commas, not {word!r}.")
    return found


def _networks(env: Mapping[str, str], name: str) -> Networks:
    try:
        return tuple(ip_network(word, strict=False) for word in _listed(env, name))
    except ValueError as error:
        raise SettingsError(f"{name} must hold IP addresses or networks, separated by commas: {error}.") from None


def decoders(most: int) -> int:
    """Return how many processes that decode pictures fit into this machine or container: at least one, up to `most`."""
    return max(1, min(most, usable_cores(), _memory() // MEMORY_PER_DECODER))


def _memory() -> int:
    """Return the bytes of memory of this machine, or of the container or service that holds this process."""
    here = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([here, *(limit for (limit,) in _limits("memory.max", 1))])


def usable_cores() -> int:
    """Return how many cores this machine has, or the container or service that holds this process may use."""
    shares = [used // each for used, each in _limits("cpu.max", 2)]
    return max(1, min([os.cpu_count() or 1, *shares]))


def _limits(file: str, count: int) -> list[list[int]]:
    """Return the numbers in a file of this process's control group, and of each group above it that has a limit."""
    try:
        groups = OWN_GROUP.read_text(encoding="utf-8").splitlines()
    except OSError:
        groups = []
    own = CGROUP / next((line.removeprefix("0::/") for line in groups if line.startswith("0::/")), "")
    found = [_numbers(group / file) for group in (own, *own.parents) if group.is_relative_to(CGROUP)]
    return [numbers for numbers in found if len(numbers) == count]


def _numbers(file: Path) -> list[int]:
    """Return the numbers in a file; none where it says that there is no limit, or is not there."""
    try:
        words = file.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return []
    return [int(word) for word in words] if all(word.isdecimal() for word in words) else []


def _whole_number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise SettingsError(f"{name} must be a whole number of at least 1, not {text!r}.")
    return int(text)
