"""The examples in the kernel's docstrings run."""

import doctest
import importlib

import pytest

MODULES = [
    "gis.kernel.codes",
    "gis.kernel.datum",
    "gis.kernel.league.averages",
    "gis.kernel.league.beta",
    "gis.kernel.league.roots",
    "gis.kernel.league.shares",
    "gis.kernel.league.table",
    "gis.kernel.set_digest",
    "gis.kernel.snap.index",
    "gis.kernel.snap.metric",
    "gis.kernel.working_time",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
