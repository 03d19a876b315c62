"""A ruling of the establishment office becomes a row of the responsibility list.

So what was settled once by a person is settled by the list from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from grids.models import User
from incidents.choices import LimitUnit
from incidents.models import Responsibility
from incidents.services.listing import begin_responsibility
from incidents.workflow.docket import Docket
from incidents.workflow.office import Allowance, Office

__all__ = ["enter_in_list"]


def enter_in_list(
    docket: Docket, inputs: Mapping[str, Any], office: Office, *, by: User | None, now: datetime
) -> Responsibility | None:
    """Enter what was ruled for the case; None without a category, which no list names."""
    case = docket.case
    if case.category is None:
        return None
    return begin_responsibility(
        place=office.place,
        category_code=case.category.code,
        lead=office.units[inputs["unit"]],
        supporting=[office.units[code] for code in inputs.get("supporting") or ()],
        allowance=Allowance(float(inputs["limit_days"]), LimitUnit.WORKING_DAYS),
        from_day=office.day(now),
        ruling=f"编办裁定 {case.number}",
        by=by,
        now=now,
        settled_by=case,
    )
