"""Where GDAL and GEOS are: inside the locked pyogrio and shapely wheels, else the system's.

The wheels carry newer and hash-pinned builds, so that no system package decides what GeoDjango
runs on. Their file names are wheel internals: where they are not found, Django looks for system
libraries.
"""

import os
import sysconfig
from pathlib import Path

SITE = Path(sysconfig.get_paths()["platlib"])


def _first(folder: str, pattern: str) -> str | None:
    found = sorted((SITE / folder).glob(pattern))
    return str(found[0]) if found else None


def gdal_library() -> str | None:
    """The GDAL library of the pyogrio wheel; names its data folders in the environment too."""
    library = _first("pyogrio.libs", "libgdal*.so*")
    if library:
        # PROJ may otherwise read a grid from the network; an intranet has none, and none is needed.
        os.environ.setdefault("PROJ_NETWORK", "OFF")
        os.environ.setdefault("PROJ_DATA", str(SITE / "pyogrio" / "proj_data"))
        os.environ.setdefault("GDAL_DATA", str(SITE / "pyogrio" / "gdal_data"))
    return library


def geos_library() -> str | None:
    """The GEOS C library of the shapely wheel."""
    return _first("shapely.libs", "libgeos_c*.so*")
