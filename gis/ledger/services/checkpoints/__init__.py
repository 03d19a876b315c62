"""Signed checkpoints of the audit chains, kept in files outside the database.

Whoever owns the database can rewrite a chain so that its links hold again, or cut off its end. A
checkpoint says, signed and out of their reach, how every chain ended at its time.
"""

from gis.ledger.services.checkpoints.checking import Examination, examine
from gis.ledger.services.checkpoints.writing import write

__all__ = ["Examination", "examine", "write"]
