"""`python -m tests.town`: a migrated database with the small district and open channels in it."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.config.settings")

NAMES = ["亚麦山城", "海之韵小区", "麦岛花园", "松岭雅居"]


def main() -> None:
    """Fill the database that `DATABASE_URL` names."""
    django.setup()
    # Models can be imported only now.
    from django.core.management import call_command

    from grids.models import NamedPlace
    from incidents.models import Channel
    from tests.factories import make_district

    call_command("migrate", verbosity=0)
    district = make_district()
    for column, name in enumerate(NAMES):
        NamedPlace.objects.create(
            place=district.place, name=name, position=district.cell(column, 0).label, accuracy_m=50
        )
    Channel.objects.create(
        code="resident", name="居民", name_en="Residents", datum="wgs84", is_open=True
    )


if __name__ == "__main__":
    main()
