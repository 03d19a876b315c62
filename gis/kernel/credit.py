"""The unified social credit code of an enterprise (GB 32100): 18 characters, the last one a check.

>>> is_credit_code("91370200000000000T")
False
"""

__all__ = ["is_credit_code"]

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def is_credit_code(text: str) -> bool:
    """Whether `text` is one, in capitals."""
    if len(text) != 18 or any(one not in _ALPHABET for one in text):
        return False
    values = [_ALPHABET.index(one) for one in text]
    total = sum(value * 3**place for place, value in enumerate(values[:17]))
    return bool(values[17] == (31 - total % 31) % 31)
