"""The problems file: a GeoJSON FeatureCollection (RFC 7946, WGS-84) that opens beside the data."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gis.kernel.tessellation import Problem

__all__ = ["problems_path", "write_problems"]


def problems_path(source: Path) -> Path:
    """Beside the file: `grids.geojson` → `grids.geojson.problems.geojson`."""
    return source.with_name(source.name + ".problems.geojson")


def write_problems(path: Path, problems: Sequence[Problem]) -> None:
    """Write all at once, so that a half-written list is never read."""
    document = {
        "type": "FeatureCollection",
        "features": [problem.as_feature() for problem in problems],
    }
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False
    ) as file:
        json.dump(document, file, ensure_ascii=False, allow_nan=False)
    Path(file.name).replace(path)
