"""Places and territory, and who answers for it."""

from grids.models.edition import Edition, Lineage
from grids.models.naming import NamedPlace
from grids.models.people import Leave, Post, Unit, User
from grids.models.place import Place
from grids.models.stations import Station, StationService
from grids.models.territory import Block, Grid, GridBlock, Region

__all__ = [
    "Block",
    "Edition",
    "Grid",
    "GridBlock",
    "Leave",
    "Lineage",
    "NamedPlace",
    "Place",
    "Post",
    "Region",
    "Station",
    "StationService",
    "Unit",
    "User",
]
