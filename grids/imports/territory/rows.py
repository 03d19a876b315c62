"""Codes and names of features, and the areas they belong to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.kernel.tessellation import Problem, Severity
from grids.imports.readers import Feature
from grids.imports.refusal import refuse
from grids.models.territory import TERRITORY_CODE

__all__ = ["Rows", "named"]

_NAME_LENGTH = 80
_CODE = re.compile(TERRITORY_CODE.regex)


@dataclass(frozen=True)
class Rows:
    """Parallel columns of one import; geometries are WGS-84 degrees once `located` made them so."""

    codes: list[str]
    names: list[str]
    links: list[str]
    geometries: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.codes)

    def with_geometries(self, geometries: NDArray[np.object_]) -> "Rows":
        return replace(self, geometries=geometries)


def named(
    features: Sequence[Feature], *, code: str, name: str, link: str | None
) -> tuple[Rows, list[Problem]]:
    """Take codes, names and the linked region's codes out of `features`, with what is wrong.

    A feature whose code cannot be used is called `#3` from here on. Raises `ImportRefused` when a
    field is in no feature at all.
    """
    known = {key for feature in features for key in feature.properties}
    for field in filter(None, (code, name, link)):
        if field not in known:
            raise refuse(
                "unknown_field",
                f"文件里没有字段 {field!r}；有：{'、'.join(sorted(map(str, known))[:30])}",
                f"there is no field {field!r} in the file",
            )
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    rows = Rows([], [], [], np.empty(len(features), dtype=object))
    for at, feature in enumerate(features):
        value = _text(feature.properties.get(code))
        wrong = _code_problem(value, feature, seen)
        if wrong is not None:
            problems.append(wrong)
        label = value if wrong is None else feature.label
        problems += [replace(problem, features=(label,)) for problem in feature.problems]
        seen.setdefault(value, feature.label)
        rows.codes.append(label)
        title = _text(feature.properties.get(name))
        problems += _name_problems(title, label, feature)
        rows.names.append(title[:_NAME_LENGTH] or label)
        rows.links.append(_text(feature.properties.get(link)) if link else "")
        rows.geometries[at] = feature.geometry
    return rows, problems


def _text(value: Any) -> str:
    """A field's value as text: 9 and 9.0 are both `9`, since dBASE and spreadsheets do not tell."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().strip("\x00").strip()


def _code_problem(value: str, feature: Feature, seen: dict[str, str]) -> Problem | None:
    place, whose = feature.geometry, (feature.label,)
    if not value:
        return Problem(
            "missing_code", "没有代码", "the code is missing", features=whose, geometry=place
        )
    if not _CODE.match(value):
        return Problem(
            "bad_code",
            f"代码 {value[:40]!r} 应为 1–32 个字母、数字、点、- 或 _",
            "a code has 1–32 letters, digits, dots, - or _",
            features=whose,
            geometry=place,
        )
    if value in seen:
        return Problem(
            "duplicate_code",
            f"代码 {value} 与第 {seen[value][1:]} 个要素重复",
            f"the code {value} is also that of {seen[value]}",
            features=(value, feature.label),
            geometry=place,
        )
    return None


def _name_problems(title: str, label: str, feature: Feature) -> list[Problem]:
    if not title:
        return [
            Problem(
                "missing_name",
                "没有名称，暂以代码为名",
                "no name: the code stands in",
                severity=Severity.WARNING,
                features=(label,),
            )
        ]
    if len(title) > _NAME_LENGTH:
        return [
            Problem(
                "long_name",
                f"名称超过 {_NAME_LENGTH} 个字",
                f"the name has more than {_NAME_LENGTH} characters",
                features=(label,),
                geometry=feature.geometry,
            )
        ]
    return []
