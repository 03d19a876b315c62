"""The vault: who reported, sealed with keys that the database does not hold."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import constant_time_compare

from incidents.models import Contact


@dataclass(frozen=True, slots=True)
class Reporter:
    """A person who reports, and the enterprise they speak for; any may be blank."""

    name: str = ""
    phone: str = ""
    organisation: str = ""
    credit_code: str = ""

    def __repr__(self) -> str:
        """Nothing of the person, in whatever log it ends up."""
        return "Reporter(…)"


def _keys() -> MultiFernet:
    digests = [hashlib.sha256(b"wangge vault\0" + key.encode()) for key in settings.VAULT_KEYS]
    return MultiFernet([Fernet(urlsafe_b64encode(digest.digest())) for digest in digests])


def seal(reporter: Reporter, *, now: datetime) -> Contact:
    """Keep `reporter` under the key in use."""
    plain = json.dumps(asdict(reporter), ensure_ascii=False).encode()
    return Contact.objects.create(sealed=_keys().encrypt(plain), created_at=now)


def unseal(contact: Contact) -> Reporter:
    """Who `contact` is. Raises `cryptography.fernet.InvalidToken` when no key opens it."""
    return Reporter(**json.loads(_keys().decrypt(bytes(contact.sealed))))


def seal_words(words: list[str]) -> bytes:
    """Secrets of ours, sealed under the key in use."""
    return _keys().encrypt(json.dumps(words).encode())


def unseal_words(sealed: bytes) -> list[str]:
    """What `seal_words` sealed. Raises `cryptography.fernet.InvalidToken`."""
    return [str(one) for one in json.loads(_keys().decrypt(bytes(sealed)))]


class Digits(Enum):
    """What the vault says of four digits: the phone ends so, does not, or none was given."""

    RIGHT = "right"
    WRONG = "wrong"
    NO_PHONE = "no_phone"


def check_digits(contact: Contact | None, digits: str) -> Digits:
    """Whether the phone of `contact` ends with the four `digits`, and nothing more of it.

    Without a contact a decoy is opened instead, so that the time taken does not tell whether there
    is one; the comparison takes as long for every answer.
    """
    sealed = bytes(contact.sealed) if contact else _decoy(settings.VAULT_KEYS[0])
    try:
        phone = str(json.loads(_keys().decrypt(sealed))["phone"])
    except InvalidToken:
        return Digits.WRONG
    same = constant_time_compare(phone[-4:], digits)
    if contact is None or not phone:
        return Digits.NO_PHONE
    return Digits.RIGHT if same and len(digits) == 4 else Digits.WRONG


@lru_cache(maxsize=2)
def _decoy(key: str) -> bytes:  # noqa: ARG001 - another key, another decoy
    return _keys().encrypt(json.dumps({"name": "", "phone": "+8613000000000"}).encode())


def masked(phone: str) -> str:
    """`138****5678`: enough to recognise one's own, not enough to call."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****"
