"""Which place and edition a request names, or means by naming none."""

from dataclasses import dataclass

from gis.api.problems import Problem, Refused
from grids.models import Edition, Place
from grids.querysets import Viewer
from grids.selectors import default_place, edition_for, places_for

# A list of points may name several editions; each costs a query or two.
MOST_SCOPES = 50


@dataclass(frozen=True)
class Scope:
    """An edition of a place, and the place's extent: west, south, east, north in WGS-84 degrees."""

    edition: Edition
    extent: tuple[float, float, float, float]

    @property
    def place(self) -> Place:
        return self.edition.place

    def holds(self, lon: float, lat: float) -> bool:
        """Whether the position is inside the place's extent."""
        west, south, east, north = self.extent
        return west <= lon <= east and south <= lat <= north


class ScopeReader:
    """Resolves names for one viewer, each combination once."""

    def __init__(self, user: Viewer) -> None:
        self._user = user
        self._known: dict[tuple[str, str], Scope | Problem] = {}

    def find(self, place: str, edition: str) -> Scope | Problem:
        """The edition `edition` of the place `place`; blank means the default, or says why not."""
        key = (place, edition)
        if key not in self._known:
            if len(self._known) >= MOST_SCOPES:
                zh = f"一次最多涉及 {MOST_SCOPES} 个版本。"
                en = f"At most {MOST_SCOPES} editions in one request."
                return Problem("edition", "too_many_editions", zh, en)
            self._known[key] = self._find(place, edition)
        return self._known[key]

    def require(self, place: str, edition: str) -> Scope:
        """The same, raising `Refused`: 404 for a name that is unknown (or not for this viewer)."""
        found = self.find(place, edition)
        if isinstance(found, Problem):
            raise Refused([found], status_of([found]))
        return found

    def require_place(self, code: str) -> Place:
        """The place of that code, or the default one. Raises `Refused`."""
        found = self._place(code)
        if isinstance(found, Problem):
            raise Refused([found], status_of([found]))
        return found

    def _find(self, place_code: str, name: str) -> Scope | Problem:
        place = self._place(place_code)
        if isinstance(place, Problem):
            return place
        edition = edition_for(self._user, place, name) if len(name) <= 40 else None
        if edition is None and name:
            return Problem(
                "edition", "unknown_edition", "没有这个区划版本。", "There is no such edition."
            )
        if edition is None:
            zh, en = "此地区没有现行版本，请指明 edition。", "No edition is in force: name one."
            return Problem("edition", "no_edition_in_force", zh, en)
        edition.place = place
        return Scope(edition, place.envelope.extent)

    def _place(self, code: str) -> Place | Problem:
        if code:
            found = places_for(self._user).filter(code=code).first() if len(code) <= 20 else None
            zh, en = "没有这个地区。", "There is no such place."
            return found or Problem("place", "unknown_place", zh, en)
        zh, en = "还没有任何地区。", "There is no place yet."
        return default_place(self._user) or Problem("place", "no_place", zh, en)


_UNKNOWN = {"unknown_edition", "unknown_place", "no_edition_in_force"}


def status_of(problems: list[Problem]) -> int:
    """404 when all that is wrong is a name that does not exist, else 400."""
    return 404 if all(problem.code in _UNKNOWN for problem in problems) else 400
