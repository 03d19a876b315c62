"""The web process: Django under ASGI, open streams beside it, the snap index at hand at once."""

import gc
import os
import threading
from typing import Any, cast

import django

from gis.config.handler import OneGo

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.config.settings")

django.setup(set_prefix=False)
_django = OneGo()

# Models can be imported only now that the application has been set up.
from gis.api.streaming import PATH, Streaming  # noqa: E402
from maps.tiles.front import App, TilesFirst  # noqa: E402

application = TilesFirst(cast(App, Streaming(cast(Any, _django), path=PATH)))


def _warm() -> None:
    from django.db import connections

    from grids.selectors import snapping
    from maps.wall import warming

    try:
        snapping.warm()
        warming.warm()
    finally:
        connections.close_all()
    # This lives as long as the process: a full collection that walks it holds up a page.
    gc.freeze()


# Beside the start, not before it: the first page need not wait for an index it may not ask.
threading.Thread(target=_warm, name="warm", daemon=True).start()
