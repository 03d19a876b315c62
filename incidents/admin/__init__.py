"""The admin of incidents: what came in, to be read; the tables that rule it, to be edited."""

from incidents.admin import assessment, duplicates, intake, lists, rules

__all__ = ["assessment", "duplicates", "intake", "lists", "rules"]
