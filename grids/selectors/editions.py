"""Which place and which edition a question is about."""

from django.conf import settings
from django.db.models import QuerySet

from grids.models import Edition, Place
from grids.querysets import Viewer


def places_for(user: Viewer) -> QuerySet[Place]:
    """The places that `user` may ask about: a member's own, everybody else's all of them."""
    if not user.is_authenticated or user.is_superuser or user.place_id is None:
        return Place.objects.all()
    return Place.objects.filter(pk=user.place_id)


def default_place(user: Viewer) -> Place | None:
    """The configured place if `user` may ask about it, else their own or the first one; else None.

    The first stays the default when a second is brought in: nobody who left the place out before
    is answered differently afterwards.
    """
    places = places_for(user).order_by("pk")
    configured = places.filter(code=settings.DEFAULT_PLACE) if settings.DEFAULT_PLACE else places
    return configured.first() or places.first()


def edition_for(user: Viewer, place: Place, name: str | None) -> Edition | None:
    """The edition of that name, or the one in force now, if `user` may see it."""
    editions = Edition.objects.for_user(user).filter(place=place)
    return editions.filter(name=name).first() if name else editions.in_force(place)


def edition_before(edition: Edition) -> Edition | None:
    """The edition that was in force until `edition` came (a draft follows the one in force)."""
    lived = Edition.objects.filter(place=edition.place_id, in_force__isnull=False).exclude(
        pk=edition.pk
    )
    if edition.in_force is not None:
        lived = lived.filter(in_force__startswith__lt=edition.in_force.lower)
    return lived.order_by("-in_force__startswith").first()
