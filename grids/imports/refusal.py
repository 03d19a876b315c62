"""Saying no to a file, with reasons."""

from collections.abc import Iterable

from shapely.geometry.base import BaseGeometry

from gis.kernel.errors import WanggeError
from gis.kernel.tessellation import Problem, errors

__all__ = ["ImportRefused", "refuse"]


class ImportRefused(WanggeError):
    """The file was not imported, and nothing of it was; `problems` say why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        wrong = errors(self.problems)
        first = str(wrong[0]) if wrong else ""
        more = f" … 共 {len(wrong)} 处 ({len(wrong)} errors)" if len(wrong) > 1 else ""
        super().__init__(first + more)


def refuse(
    kind: str, zh: str, en: str, *, feature: str = "", geometry: BaseGeometry | None = None
) -> ImportRefused:
    """A refusal for one reason."""
    features = (feature,) if feature else ()
    return ImportRefused([Problem(kind, zh, en, features=features, geometry=geometry)])
