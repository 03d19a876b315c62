"""What share of each polygon lies within a distance of a track.

A track is a chain of fixes; what was seen is every point within D metres of it: the union of
capsules (segments buffered by D). The plane is cut into lines of sight: rows a few metres apart,
each a string of bits. On a row's middle line both a capsule and a polygon are intervals with exact
ends, so filling bits unites capsules, and counting bits between the ends of a polygon's intervals
measures what it shares with them. Nothing is ever buffered, united or intersected as geometry.
"""

from gis.kernel.coverage.canvas import ROW_M, stamp, unpacked
from gis.kernel.coverage.frame import Frame, frame_for
from gis.kernel.coverage.joining import Limits, joined_to_previous
from gis.kernel.coverage.plane import Plane
from gis.kernel.coverage.spans import Spans

__all__ = [
    "ROW_M",
    "Frame",
    "Limits",
    "Plane",
    "Spans",
    "frame_for",
    "joined_to_previous",
    "stamp",
    "unpacked",
]
