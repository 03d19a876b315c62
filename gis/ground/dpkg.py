"""The list of installed packages as if some were not: apt then says what a fresh system needs."""

import re
from collections.abc import Iterable

NAME = re.compile(r"^Package: (\S+)", re.MULTILINE)
PROVIDES = re.compile(r"^Provides: (.+)", re.MULTILINE)
DEPENDS = re.compile(r"^(?:Pre-)?Depends: (.+)", re.MULTILINE)


def _names(words: str) -> Iterable[str]:
    """Bare names of a field: no versions, no architectures, alternatives kept apart by `|`."""
    return (re.split(r"[ (:]", word.strip(), maxsplit=1)[0] for word in re.split(r"[,|]", words))


def without(status: str, unwanted: re.Pattern[str]) -> str:
    """The status file without packages matching `unwanted`, nor any that cannot do without them.

    A list with broken dependencies would make apt refuse every simulation.
    """
    stanzas = {}
    for stanza in status.split("\n\n"):
        found = NAME.search(stanza)
        if found and not unwanted.match(found.group(1)):
            stanzas[found.group(1)] = stanza.strip("\n")
    while broken := _broken(stanzas):
        for name in broken:
            del stanzas[name]
    return "\n\n".join(stanzas.values()) + "\n"


def _broken(stanzas: dict[str, str]) -> list[str]:
    offered = set(stanzas)
    for stanza in stanzas.values():
        for field in PROVIDES.findall(stanza):
            offered.update(_names(field))
    broken = []
    for name, stanza in stanzas.items():
        groups = ",".join(DEPENDS.findall(stanza)).split(",")
        if any(group.strip() and offered.isdisjoint(_names(group)) for group in groups):
            broken.append(name)
    return broken
