"""What was reported, the case it became, how it is handled, and the tables that rule it."""

from incidents.models.assessment import Appeal, CaseScore, Notice, Scheme
from incidents.models.case import Attribution, Incident, Report
from incidents.models.checks import PositionCheck
from incidents.models.handling import Assignment, Clock, Note, Request, Satisfaction, Supervision
from incidents.models.rules import Holiday, Limit, Responsibility, Rule
from incidents.models.tables import Category, Channel
from incidents.models.vault import Contact

__all__ = [
    "Appeal", "Assignment", "Attribution", "CaseScore", "Category", "Channel", "Clock", "Contact",
    "Holiday", "Incident", "Limit", "Note", "Notice", "PositionCheck", "Report", "Request",
    "Responsibility", "Rule", "Satisfaction", "Scheme", "Supervision",
]  # fmt: skip
