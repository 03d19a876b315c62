"""Reads: where a point lies, who answers for it, what a person holds."""

from grids.selectors.answering import Answer, answers
from grids.selectors.audience import audience_for, audience_of
from grids.selectors.editions import default_place, edition_before, edition_for, places_for
from grids.selectors.locating import Located, Named, Position, locate
from grids.selectors.people import grids_of, roles_of
from grids.selectors.snapping import snap_index

__all__ = [
    "Answer",
    "Located",
    "Named",
    "Position",
    "answers",
    "audience_for",
    "audience_of",
    "default_place",
    "edition_before",
    "edition_for",
    "grids_of",
    "locate",
    "places_for",
    "roles_of",
    "snap_index",
]
