"""`/patrol/`: the phone of a grid worker, and what a browser needs to keep it offline."""

import json
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from grids.models import User
from patrols.selectors.mine import rounds_of
from patrols.shell import SHELL, version_of
from patrols.words import patrol_words

# What a worker sends goes by this channel.
CHANNEL = "worker"
API = "/api/v1/"


@require_safe
@login_required
@ensure_csrf_cookie
def patrol_page(request: HttpRequest) -> HttpResponse:
    """The frame of the phone, for whoever is the worker of a grid."""
    user = cast(User, request.user)
    rounds = rounds_of(user, timezone.now())
    if rounds is None:
        return render(request, "patrols/closed.html", status=403)
    response = render(
        request,
        "patrols/patrol.html",
        {"config": _config(user, rounds.place.code), "words": patrol_words()},
    )
    # The service worker keeps it, and nothing between us and the browser does.
    response["Cache-Control"] = "private, no-cache"
    return response


def _config(user: User, place: str) -> dict[str, Any]:
    """What the scripts must know. Other rooms are spoken to by their addresses."""
    names = ("me", "queue", "incidents", "categories", "reports", "photos")
    patrols = ("mine", "alerts", "shifts", "fixes", "spots", "routes", "visits", "next")
    return {
        "user": user.username,
        "place": place,
        "channel": CHANNEL,
        "language": get_language(),
        "worker": reverse("patrol_sw"),
        "scope": reverse("patrol"),
        "map_worker": reverse("patrol_map_worker"),
        "login": f"{reverse('login')}?next={reverse('patrol')}",
        "urls": {
            **{name: API + name for name in names},
            **{name: f"{API}patrols/{name}" for name in patrols},
            "stale": f"{API}patrols/staleness/mine",
        },
    }


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that answers without a network; another version of the files is another script."""
    page = reverse("patrol")
    shell = {
        "version": version_of(),
        "page": page,
        "files": [reverse("patrol_map_worker"), *(static(name) for name in SHELL)],
    }
    response = render(
        request,
        "patrols/sw.js",
        {"shell_json": json.dumps(shell)},
        content_type="text/javascript; charset=utf-8",
    )
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = page
    return response


@require_safe
def map_worker(_request: HttpRequest) -> HttpResponse:
    """The script of the map's worker. A browser gives the first script of a worker to a service
    worker by its own address, not by the page's: so it lies in the scope, and brings in the rest.
    """
    script = f"import '{static('vendor/maplibre-gl/maplibre-gl-worker.mjs')}'\n"
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(_request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the page among its apps."""
    page = reverse("patrol")
    icons = [
        {"src": static(f"patrols/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    told = {
        "id": page,
        "name": _("网格巡查"),
        "short_name": _("巡查"),
        "lang": get_language(),
        "start_url": page,
        "scope": page,
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json")
