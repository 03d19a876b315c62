"""Channels are closed folders: one more touches no other file."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from incidents.channels import registry
from incidents.channels.adapter import Adapter, Way
from incidents.channels.police.cases import TYPES
from incidents.channels.sensor.alarms import types
from tests.shape.tree import ROOT, files, text

LAOSHAN = ROOT / "fixtures" / "laoshan"
ADAPTER = """from incidents.channels.adapter import Adapter, Way
from gis.kernel.datum import Datum
ADAPTER = Adapter(code="{code}", datum=Datum.GCJ02, ways_in=frozenset({{Way.API}}))
"""


def a_package(folder: Path, name: str, source: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(source)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty package of adapters that Python can import as `more_channels`."""
    a_package(tmp_path, "more_channels", "")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path / "more_channels"
    for name in [one for one in sys.modules if one.startswith("more_channels")]:
        del sys.modules[name]


def test_a_new_folder_is_an_adapter(elsewhere: Path) -> None:
    a_package(elsewhere, "drone", ADAPTER.format(code="drone"))
    (elsewhere / "notes.py").write_text("raise RuntimeError('a module is no adapter')")
    found = registry.walk([str(elsewhere)], "more_channels.")
    assert [(code, one.datum.value) for code, one in found.items()] == [("drone", "gcj02")]


def test_what_is_no_adapter_or_two_of_them_is_told(elsewhere: Path) -> None:
    a_package(elsewhere, "one", ADAPTER.format(code="drone"))
    a_package(elsewhere, "two", ADAPTER.format(code="drone"))
    with pytest.raises(RuntimeError, match="two adapters for drone"):
        registry.walk([str(elsewhere)], "more_channels.")
    a_package(elsewhere, "none", "")
    with pytest.raises(RuntimeError, match="has no ADAPTER"):
        registry.walk([str(elsewhere)], "more_channels.")


def test_no_other_file_names_an_adapter() -> None:
    names = "|".join(registry.adapters())
    named = re.compile(rf"incidents[./]channels(?:[./]|\s+import\s+[^\n]*\b)(?:{names})\b")
    found = [
        str(path)
        for path in files(".py")
        if path.parts[0] != "tests"
        and path.parts[:2] != ("incidents", "channels")
        and named.search(text(path))
    ]
    inside = [
        str(path)
        for path in files(".py", under="incidents/channels/")
        for one in named.findall(text(path))
        if not re.search(rf"channels[./]{path.parent.name}\b", one)
    ]
    assert (found, inside) == ([], [])
    assert named.search("from incidents.channels.hotline.orders import read_order")


def test_each_channel_of_the_profile_has_its_adapter_in_the_same_datum() -> None:
    rows = tomllib.loads((LAOSHAN / "channels.toml").read_text(encoding="utf-8"))["channel"]
    told = {row["code"]: row["datum"] for row in rows}
    assert told == {code: one.datum.value for code, one in registry.adapters().items()}


def test_tables_of_adapters_name_categories_of_the_profile() -> None:
    rows = tomllib.loads((LAOSHAN / "categories.toml").read_text(encoding="utf-8"))["category"]
    known = {(row["kind"], row["code"]) for row in rows}
    sensors = {(row["kind"], row["category"]) for row in types().values()}
    police = {pair for pair in TYPES.values() if pair[1]}
    assert sensors | police <= known


def test_who_takes_rows_reads_them() -> None:
    for one in registry.adapters().values():
        assert isinstance(one, Adapter)
        takes = bool(one.ways_in & {Way.WEBHOOK, Way.FILE})
        assert takes == (one.read is not None) == bool(one.fields), one.code
        assert one.numbers <= set(one.fields)
