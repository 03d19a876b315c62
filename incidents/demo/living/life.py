"""One case's life: deeds in order, each by somebody who may do it, each in its time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from incidents.choices import Step
from incidents.demo.living.profile import LivingProfile
from incidents.models import Incident
from incidents.services.acting_many import Deed
from incidents.workflow.office import Office
from incidents.workflow.standing import Standing

__all__ = ["Life"]


class Life:
    """A case that is being lived through: where its time stands, and what was done so far."""

    def __init__(
        self, case: Incident, profile: LivingProfile, office: Office, rng: np.random.Generator
    ) -> None:
        self.case = case
        self.profile = profile
        self.office = office
        self.rng = rng
        self.at: datetime = case.received_at
        self.deeds: list[Deed] = []

    def chance(self, share: float) -> bool:
        """Whether something that happens to `share` of all happens to this one."""
        return bool(self.rng.random() < share)

    def word(self, topic: str, name: str = "") -> str:
        """One of the profile's sentences."""
        rows = self.profile.words[topic][name or self.case.kind]
        return rows[int(self.rng.integers(len(rows)))]

    def do(self, action: str, who: Standing, step: str = "", **given: Any) -> None:
        """`who` does it, when a share of the step's limit has passed in working time."""
        if step:
            self.at = self.office.calendar.add(self.at, self._takes_s(step))
        self.deeds.append(Deed(at=self.at, action=action, standing=who, given=given))

    def soon(self, action: str, who: Standing, minutes: tuple[float, float], **given: Any) -> None:
        """`who` does it some minutes later, whatever the hour."""
        low, high = minutes
        self.at += timedelta(minutes=float(self.rng.uniform(low, high)))
        self.do(action, who, **given)

    def _takes_s(self, step: str) -> float:
        pace = self.profile.pace
        code = self.case.category.code if self.case.category else ""
        allowance = self.office.allowance(step, self.case.kind, code)
        if step == Step.HANDLE:
            duty = self.office.duty(code, self.office.day(self.at))
            allowance = duty.allowance if duty is not None else allowance
        if self.chance(pace.late):
            share = 1.0 + float(self.rng.exponential(0.5))
        else:
            share = min(0.98, pace.median * float(self.rng.lognormal(0.0, pace.spread)))
        return round(share * allowance.seconds(self.office.day_s))
