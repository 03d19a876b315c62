"""The site's settings, with the empty view beside its own, for `tiles_site.py`."""

import os

from gis.config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.tiles_urls"
if os.environ.get("BENCH_COLD"):
    CACHES["default"]["BACKEND"] = "tests.bench.tiles_site.Forgetful"  # noqa: F405
