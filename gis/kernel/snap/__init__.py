"""Which grid is a point in? An exact index over the polygons of one edition.

Geometry is WGS-84 longitude and latitude in degrees (EPSG:4326), distances are metres.
"""

from gis.kernel.snap.answer import PROVISIONAL_BELOW, SnapAnswer, SnapMethod
from gis.kernel.snap.index import METHODS, SnapIndex

__all__ = ["METHODS", "PROVISIONAL_BELOW", "SnapAnswer", "SnapIndex", "SnapMethod"]
