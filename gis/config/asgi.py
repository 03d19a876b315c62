"""The web process: Django under ASGI, with the snap index at hand before the first question."""

import os
import threading
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.config.settings")

_django = get_asgi_application()

# Models can be imported only now that the application has been set up.
from maps.tiles.front import App, TilesFirst  # noqa: E402

application = TilesFirst(cast(App, _django))


def _warm() -> None:
    # Models can be imported only now that the application has been set up.
    from django.db import connections

    from grids.selectors.snapping import warm

    try:
        warm()
    finally:
        connections.close_all()


# Beside the start, not before it: the first page need not wait for an index it may not ask.
threading.Thread(target=_warm, name="warm", daemon=True).start()
