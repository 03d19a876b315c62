"""Bearer tokens: who holds one, until when."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from gis.ledger.models import AuditEvent, Token
from gis.ledger.services import tokens
from tests.factories import make_user

NOW = datetime(2022, 11, 2, 14, 32, tzinfo=UTC)
LIFETIME = timedelta(hours=settings.TOKEN_LIFETIME_HOURS)


@pytest.mark.django_db
def test_a_token_names_its_holder_until_it_ends() -> None:
    user = make_user("a")
    raw, expires_at = tokens.issue(user=user, now=NOW)
    assert expires_at == NOW + LIFETIME
    assert tokens.holder(raw, NOW) == user
    assert tokens.holder(raw, NOW + LIFETIME - timedelta(seconds=1)) == user
    assert tokens.holder(raw, NOW + LIFETIME) is None
    assert tokens.holder(raw + "x", NOW) is None


@pytest.mark.django_db
def test_the_table_holds_no_token_that_opens_a_door() -> None:
    raw, _ = tokens.issue(user=make_user("a"), now=NOW)
    assert raw not in str(Token.objects.values().get())
    assert raw not in str(list(AuditEvent.objects.values()))


@pytest.mark.django_db
def test_a_revoked_token_and_a_closed_account_open_nothing() -> None:
    user, other = make_user("a"), make_user("b")
    raw, _ = tokens.issue(user=user, now=NOW)
    kept, _ = tokens.issue(user=other, now=NOW)
    assert tokens.revoke_all(user=user, now=NOW) == 1
    assert tokens.holder(raw, NOW) is None
    other.is_active = False
    other.save()
    assert tokens.holder(kept, NOW) is None


@pytest.mark.django_db
def test_a_new_password_ends_the_tokens_of_the_old_one() -> None:
    user = make_user("a")
    raw, _ = tokens.issue(user=user, now=NOW)
    user.set_password("another-long-password")
    user.save()
    assert tokens.holder(raw, NOW) is None
