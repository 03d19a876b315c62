import pytest
from django.test import Client

from grids.models import Block, GridBlock, User
from tests.factories import District, make_user


@pytest.fixture
def root(district: District) -> User:
    """An administrator of every place."""
    return make_user("root", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(root: User) -> Client:
    """A browser in which `root` is signed in."""
    client = Client()
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def block(district: District) -> Block:
    """A block that the first draft grid is built from."""
    grid = district.draft.grids.order_by("code")[0]
    block = Block.objects.create(
        place=district.place,
        code="B1",
        kind="estate",
        geometry=grid.geometry[0],
        area_m2=1e6,
        households=10,
        people=25,
    )
    GridBlock.objects.create(edition=district.draft, grid=grid, block=block)
    return block
