"""`/tiles/cases/{z}/{x}/{y}.mvt`: cases that the viewer may see, clustered."""

import gzip
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from gis.api.problems import Refused, known
from gis.api.query import check_query, whole_number
from grids.api.scopes import ScopeReader
from incidents.questions import PARAMETERS, cases_asked, read_question
from maps.tiles.address import read_tile
from maps.tiles.answer import MVT
from maps.tiles.cases import CELLS, FEWEST_CELLS, MOST_CELLS, draw_cases
from maps.views.tiles import ASK_AGAIN, told

_KNOWN = (PARAMETERS - {"bbox"}) | {"place", "edition", "cells"}


@require_safe
@told
def case_tile(request: HttpRequest, z: str, x: str, y: str) -> HttpResponse:
    """One tile; nobody but the asker may keep it, since it holds what they alone may see."""
    if not request.user.is_authenticated:
        raise Refused([known("not_authenticated")], 401)
    where = read_tile(z, x, y)
    check_query(Request(request), _KNOWN)
    asked = request.GET
    scope = ScopeReader(request.user).require(asked.get("place", ""), asked.get("edition", ""))
    question = read_question(asked.dict(), ZoneInfo(scope.place.time_zone))
    text = asked.get("cells") or str(CELLS)
    cells = whole_number(text, "cells", at_least=FEWEST_CELLS, at_most=MOST_CELLS)
    content = draw_cases(cases_asked(request.user, scope.edition, question), where, cells)
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(gzip.compress(content, 5) if packed else content, content_type=MVT)
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = ASK_AGAIN
    patch_vary_headers(response, ["Accept-Encoding", "Authorization", "Cookie"])
    return response
