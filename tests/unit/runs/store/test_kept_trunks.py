"""What no training borrows goes, and what one does, or what was borrowed lately, stays."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cnnlab.core.settings import Settings
from cnnlab.core.trunks.files import keep, pack, path_of
from cnnlab.core.trunks.heads import smallest_head
from cnnlab.core.trunks.rows import shipped
from cnnlab.core.trunks.trunk import Trunk
from cnnlab.runs.store import Store
from cnnlab.runs.store.kept_trunks import GRACE, forget_trunks
from tests.unit.runs.store.test_store import SPEC


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


def test_only_what_is_old_and_named_by_no_run_goes(store: Store) -> None:
    home = store.home
    disk = Settings(home).disk
    trunk, head, unused, lately = (keep(home, pack({"name": name}, []), disk) for name in "abcd")
    own = Trunk(trunk, "mine", (96, 96, 3), "conv", (1, 1, 1280), 1.0, 0.0)
    network = smallest_head(own, 2)
    store.create(replace(SPEC, network=network, trunk=own))
    store.create(replace(SPEC, network=network, trunk=replace(shipped(96), trainable_from="top_conv", head=head)))
    old = time.time() - GRACE - 1
    for key in (trunk, head, unused):
        os.utime(path_of(home, key), (old, old))
    assert forget_trunks(store) == 1
    assert [path_of(home, key).exists() for key in (trunk, head, unused, lately)] == [True, True, False, True]


def test_what_is_borrowed_again_is_young_again(store: Store) -> None:
    content, disk = pack({"name": "a"}, []), Settings(store.home).disk
    key = keep(store.home, content, disk)
    old = time.time() - GRACE - 1
    os.utime(path_of(store.home, key), (old, old))
    assert keep(store.home, content, disk) == key
    assert forget_trunks(store) == 0
