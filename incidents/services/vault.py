"""The vault: who reported, sealed with keys that the database does not hold."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import datetime

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from incidents.models import Contact


@dataclass(frozen=True, slots=True)
class Reporter:
    """A person who reports; either may be blank."""

    name: str = ""
    phone: str = ""

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


def masked(phone: str) -> str:
    """`138****5678`: enough to recognise one's own, not enough to call."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****"
