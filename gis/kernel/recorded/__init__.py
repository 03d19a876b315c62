"""When a track last came near, on a lattice of square cells over a metric plane.

A cell holds the newest second at which a capsule (a segment of a track, buffered by D metres)
held the cell's middle, 0 where none ever did. The newest of two times is the same in whatever order
they come, so tracks may be stamped late, twice, or by two processes one after the other.
"""

from gis.kernel.recorded.clusters import Cluster, clusters
from gis.kernel.recorded.lattice import Lattice
from gis.kernel.recorded.pieces import Pieces, cut
from gis.kernel.recorded.stamp import stamp_newest

__all__ = ["Cluster", "Lattice", "Pieces", "clusters", "cut", "stamp_newest"]
