"""Many rows at once: COPY into the table of a model, whose constraints hold there as ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from django.db import connection
from django.db.models import Model
from numpy.typing import NDArray
from psycopg import sql

__all__ = ["copy_rows", "hex_ewkb"]


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append rows to the table of ``model``; values are in the order of ``columns``."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def hex_ewkb(polygons: NDArray[np.object_]) -> list[str]:
    """Return polygons (WGS-84 degrees) as PostGIS reads them in COPY."""
    marked = shapely.set_srid(polygons, 4326)
    return [str(text) for text in shapely.to_wkb(marked, hex=True, include_srid=True)]
