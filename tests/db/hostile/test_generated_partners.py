"""Whatever a partner signs or drops: a report or a refusal by its own names, nothing by halves."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from incidents.channels import registry
from incidents.channels.adapter import Adapter
from incidents.channels.dropping import drop_files
from incidents.models import PartnerReport, Report
from incidents.services.tables import load_tables
from tests.db.hostile.test_generated_intake import ANY, MANY
from tests.factories import District
from tests.partners import LAT, LON, make_partner, push
from tests.shape.tree import ROOT

# What the reader of JSON refuses, by the path where it stands.
NOT_OURS = {"unknown_field", "too_large_number", "bad_text", "not_finite", "too_deep"}
FEW = hypothesis_settings(MANY, max_examples=12)
TAKES = {code: one for code, one in registry.adapters().items() if one.read is not None}
USUAL = st.sampled_from(
    [
        LON,
        LAT,
        1,
        "1",
        "民生",
        "噪声扰民",
        "noise",
        "livelihood",
        "2026-11-24 08:30:00",
        "wgs84",
        "x",
    ]
)


@pytest.fixture
def keys(district: District) -> dict[str, str]:
    load_tables(ROOT / "fixtures" / "laoshan")
    return {code: make_partner(code)[1] for code in TAKES}


def bodies(adapter: Adapter) -> st.SearchStrategy[Any]:
    names = st.sampled_from([*adapter.fields, "x"])
    row = st.dictionaries(names, st.one_of(USUAL, ANY), max_size=len(adapter.fields))
    if not adapter.rows:
        return st.one_of(row, ANY)
    return st.one_of(ANY, st.fixed_dictionaries({adapter.rows: st.lists(row, max_size=3)}))


@pytest.mark.parametrize("code", TAKES)
@FEW
@given(data=st.data())
def test_what_is_signed(keys: dict[str, str], code: str, data: st.DataObject) -> None:
    body = data.draw(bodies(TAKES[code]))
    before = Report.objects.count()
    told = push(code, body, keys[code])
    assert told.status_code in {201, 400, 404, 409}, told.content
    if told.status_code != 201:
        assert Report.objects.count() == before
        known = {*TAKES[code].fields, TAKES[code].rows, "x", "place"}
        for one in told.json()["errors"]:
            name = (one["field"] or "").rpartition(".")[2].split("[")[0]
            assert not name or name in known or one["code"] in NOT_OURS, one
    assert Report.objects.count() == PartnerReport.objects.count()


@FEW
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(str.encode),
        st.lists(st.lists(st.text('a",\n;x1', max_size=6), max_size=4), max_size=4).map(
            lambda rows: "\n".join(["orderNo,content,address,lng", *map(",".join, rows)]).encode()
        ),
        ANY.map(lambda value: json.dumps(value).encode()),
    ),
    ending=st.sampled_from([".csv", ".json"]),
)
def test_what_is_dropped(
    keys: dict[str, str], tmp_path: Path, settings: Settings, content: bytes, ending: str
) -> None:
    folder = tmp_path / "hotline" / "in"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"a{ending}"
    path.write_bytes(content)
    os.utime(path, (1, 1))
    (read,) = drop_files(now=timezone.now(), root=str(tmp_path))
    assert read.kept or read.wrong
    assert not path.exists()
