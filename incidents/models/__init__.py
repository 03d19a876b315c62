"""What was reported, and the case it became."""

from incidents.models.case import Attribution, Incident, Report
from incidents.models.checks import PositionCheck
from incidents.models.tables import Category, Channel
from incidents.models.vault import Contact

__all__ = ["Attribution", "Category", "Channel", "Contact", "Incident", "PositionCheck", "Report"]
