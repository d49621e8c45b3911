"""Every setting is read from the environment, and a wrong one is said in one sentence."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from cnnlab.core import settings as module
from cnnlab.core.settings import Settings, SettingsError


def test_the_defaults_need_no_environment() -> None:
    settings = Settings.from_env({})
    assert settings.home == Path.home() / ".cnnlab"
    assert settings.engine == "local"
    assert settings.slots >= 1
    assert settings.threads >= 1


def test_every_limit_can_be_set(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            "CNNLAB_HOME": str(tmp_path / "home"),
            "CNNLAB_DATA_ROOT": str(tmp_path),
            "CNNLAB_ENGINE": "local",
            "CNNLAB_MAX_EPOCHS": "3",
            "CNNLAB_MAX_PARAMS": "1000",
            "CNNLAB_MAX_PIXELS": "5000",
            "CNNLAB_MAX_UPLOAD_MB": "7",
            "CNNLAB_MAX_MINUTES": "8",
            "CNNLAB_MAX_DISK_MB": "9",
            "CNNLAB_TEACHER_KEY": "open sesame",
            "CNNLAB_SLOTS": "1",
            "CNNLAB_HOSTS": "lab.school.org, *.School.org",
            "CNNLAB_TRUSTED_PROXIES": "10.0.0.1,fd00::/8",
            "CNNLAB_SHARED_ADDRESSES": "192.0.2.7",
            "CNNLAB_FRAME_ANCESTORS": "https://moodle.school.org:8443",
        }
    )
    assert (settings.max_minutes, settings.max_disk_mb, settings.teacher_key) == (8, 9, "open sesame")
    assert "sesame" not in repr(settings)
    assert settings.home == tmp_path / "home"
    assert settings.data_root == tmp_path.resolve()
    assert (settings.max_epochs, settings.max_params, settings.max_pixels) == (3, 1000, 5000)
    assert (settings.max_upload_mb, settings.slots) == (7, 1)
    assert settings.hosts == ("lab.school.org", "*.school.org")
    assert settings.trusted_proxies == (ip_network("10.0.0.1/32"), ip_network("fd00::/8"))
    assert settings.shared_addresses == (ip_network("192.0.2.7/32"),)
    assert settings.frame_ancestors == ("https://moodle.school.org:8443",)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CNNLAB_MAX_EPOCHS", "many", "whole number"),
        ("CNNLAB_MAX_EPOCHS", "0", "at least 1"),
        ("CNNLAB_SLOTS", "-1", "whole number"),
        ("CNNLAB_MAX_PIXELS", "1e6", "whole number"),
        ("CNNLAB_DATA_ROOT", "/nowhere/at/all", "folder that exists"),
        ("CNNLAB_ENGINE", "cloud", "must be 'local' or 'ray'"),
        ("CNNLAB_RAY_ADDRESS", "http://127.0.0.1:8265", "CNNLAB_ENGINE is 'local'"),
        ("CNNLAB_HOSTS", "lab.school.org:8501", "names without a port"),
        ("CNNLAB_HOSTS", "http://lab", "names without a port"),
        ("CNNLAB_TRUSTED_PROXIES", "nginx", "IP addresses or networks"),
        ("CNNLAB_SHARED_ADDRESSES", "10.0.0.0/99", "IP addresses or networks"),
        ("CNNLAB_FRAME_ANCESTORS", "https://a.org; script-src *", "origins such as"),
        ("CNNLAB_TEACHER_KEY", "short", "at least 6 characters, not 5"),
        ("CNNLAB_TEACHER_KEY_FILE", "/nowhere/at/all", "a text file with the key"),
        ("CNNLAB_TEACHER_KEY_FILE", "/dev/null", "holds no key"),
    ],
)
def test_a_wrong_setting_refuses_with_its_name(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        Settings.from_env({name: value})
    assert name in str(caught.value)


RAY = {"CNNLAB_ENGINE": "ray", "CNNLAB_RAY_ADDRESS": "http://127.0.0.1:8265"}


def test_ray_must_be_installed_and_have_the_address_of_its_dashboard(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: dict[str, object] = {}
    monkeypatch.setattr("importlib.util.find_spec", installed.get)
    with pytest.raises(SettingsError, match="Ray is not installed; run 'make setup-ray'"):
        Settings.from_env(RAY)
    installed["ray"] = object()
    settings = Settings.from_env(RAY)
    assert (settings.engine, settings.ray_address) == ("ray", "http://127.0.0.1:8265")
    for address in ("", "ray://secret:10001", "127.0.0.1:8265", "http://", "http://me:secret@127.0.0.1:8265"):
        with pytest.raises(SettingsError, match="address of the cluster's dashboard") as caught:
            Settings.from_env(RAY | {"CNNLAB_RAY_ADDRESS": address})
        assert "secret" not in str(caught.value)


def test_the_teachers_key_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("open sesame\n", encoding="utf-8")
    assert Settings.from_env({"CNNLAB_TEACHER_KEY_FILE": str(file)}).teacher_key == "open sesame"
    with pytest.raises(SettingsError, match="are both set"):
        Settings.from_env({"CNNLAB_TEACHER_KEY_FILE": str(file), "CNNLAB_TEACHER_KEY": "open sesame"})


@pytest.mark.parametrize(
    ("memory", "share", "slots", "threads", "decoders"),
    [
        ("max", "max 100000", 4, 2, 4),
        (str(4 << 30), "400000 100000", 2, 2, 4),
        (str(2 << 30), "400000 100000", 1, 4, 2),
        (str(1 << 29), "50000 100000", 1, 1, 1),
        ("nonsense", "", 4, 2, 4),
    ],
)
def test_a_container_has_as_much_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: str, share: str, slots: int, threads: int, decoders: int
) -> None:
    _give(monkeypatch, tmp_path, "/")
    (tmp_path / "memory.max").write_text(memory)
    (tmp_path / "cpu.max").write_text(share)
    settings = Settings.from_env({})
    assert (settings.slots, settings.threads) == (slots, threads)
    assert module.decoders(most=4) == decoders


def test_a_service_has_as_much_as_it_and_all_around_it_were_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _give(monkeypatch, tmp_path, "/system.slice/cnnlab.service")
    service = tmp_path / "system.slice" / "cnnlab.service"
    service.mkdir(parents=True)
    assert Settings.from_env({}).slots == 4
    (service / "memory.max").write_text(str(5 << 30))
    (service / "cpu.max").write_text("max 100000")
    assert Settings.from_env({}).slots == 3
    (tmp_path / "system.slice" / "cpu.max").write_text("400000 100000")
    assert Settings.from_env({}).slots == 2


def _give(monkeypatch: pytest.MonkeyPatch, groups: Path, own: str) -> None:
    """Let this be a machine with 8 cores and 64 GiB, whose control groups are in a folder."""
    (groups / "own").write_text(f"3:cpuset:/elsewhere\n0::{own}\n")
    monkeypatch.setattr(module, "CGROUP", groups)
    monkeypatch.setattr(module, "OWN_GROUP", groups / "own")
    monkeypatch.setattr(module.os, "cpu_count", lambda: 8)
    monkeypatch.setattr(module.os, "sysconf", lambda name: {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 16 << 18}[name])
