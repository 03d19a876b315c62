"""Whoever asks wrongly is told so, signed in or not."""

import pytest
from django.test import Client

from tests.db.hostile.reads import CASES, TILES
from tests.factories import District


@pytest.mark.parametrize("who", ["nobody", "centre", "worker"])
def test_every_wrong_question_is_a_4xx(district: District, who: str) -> None:
    client = Client(raise_request_exception=False)
    if who != "nobody":
        client.force_login(district.users[who])
    for path in [*CASES, *TILES]:
        status = client.get(path).status_code
        # A page that needs an account leads to the sign-in.
        assert 400 <= status < 500 or (status == 302 and who == "nobody"), (path, status)
