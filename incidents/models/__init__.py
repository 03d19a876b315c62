"""What was reported, the case it became, how it is handled, and the tables that rule it."""

from incidents.models.assessment import Appeal, CaseScore, Notice, Scheme
from incidents.models.case import Attribution, Incident, Report
from incidents.models.checks import PositionCheck
from incidents.models.desk import DutyShift, Handover, SavedFilter
from incidents.models.duplicates import DefaultSpot, DuplicateRule, NotDuplicate
from incidents.models.handling import Assignment, Clock, Note, Request, Satisfaction, Supervision
from incidents.models.partners import ChannelPartner, PartnerReport
from incidents.models.rules import Holiday, Limit, Responsibility, Rule
from incidents.models.tables import Category, Channel
from incidents.models.vault import Contact

__all__ = [
    "Appeal", "Assignment", "Attribution", "CaseScore", "Category", "Channel", "ChannelPartner",
    "Clock", "Contact", "DefaultSpot", "DuplicateRule", "DutyShift", "Handover", "Holiday",
    "Incident", "Limit", "NotDuplicate", "Note", "Notice", "PartnerReport", "PositionCheck",
    "Report", "Request", "Responsibility", "Rule", "Satisfaction", "SavedFilter", "Scheme",
    "Supervision",
]  # fmt: skip
