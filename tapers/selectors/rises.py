"""Whether a dose that is about to be recorded is one whose reason will be asked for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from patients.clock import today_in
from patients.models import Patient, SteroidExposure
from tapers.domain.rules.dosing import dose_taken_went_up_again
from tapers.domain.rules.rule import CourseCase
from tapers.selectors.record import course_facts, period_of


def rise_without_reason(
    *,
    patient: Patient,
    course: Mapping[str, Any],
    instead_of: SteroidExposure | None = None,
    at: datetime,
) -> str:
    """Return what DOSE_TAKEN_UP would ask of *course* once it is recorded; "" is nothing.

    *instead_of* is the course that it corrects. Nothing is stored.
    """
    if course["raise_reason"].strip():
        return ""
    today = today_in(patient.time_zone, at=at)
    facts = course_facts(patient=patient, as_of=today)
    periods = list(facts.periods)
    wrong = period_of(instead_of, patient.time_zone) if instead_of is not None else None
    if wrong in periods:
        periods.remove(wrong)
    row = SteroidExposure(patient=patient, recorded_at=at, **course)
    new = period_of(row, patient.time_zone)
    case = CourseCase(replace(facts, periods=(*periods, new)).known_by(today), today)
    today_is = case.facts.said_on(today)
    if today_is is None or today_is.begins_on != new.begins_on:
        return ""
    return next((said.message for said in dose_taken_went_up_again(case)), "")
