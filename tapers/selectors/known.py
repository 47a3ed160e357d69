"""From recorded facts to what the rules may ask: medicines, tests, falls, infections, answers.

A fact counts from the day it was so, not from the day it was typed in. A question nobody asked
has no answer; an answer holds until the next one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from patients.facts import Answer, Change, CircumstanceCode, FactKind, InfectionSite, MedicineCode
from patients.models import KnownFact, Patient, SteroidExposure
from patients.selectors import standing_facts
from tapers.domain.record import Fall, Infection, Medicine, Test, TestDone
from tapers.domain.states import Status
from tapers.domain.toxicity import emergency_text_is_shown
from tapers.models import Taper

TRUTHS = {Answer.YES: True, Answer.NO: False}
QUESTIONS = {
    "pregnant_or_planning": CircumstanceCode.PREGNANT_OR_PLANNING,
    "regular_alcohol": CircumstanceCode.REGULAR_ALCOHOL,
    "interstitial_lung_disease": CircumstanceCode.INTERSTITIAL_LUNG_DISEASE,
    "live_vaccine_planned": CircumstanceCode.LIVE_VACCINE_PLANNED,
}


def known_facts(*, patient: Patient, as_of: date) -> dict[str, Any]:
    """Return the fields of CourseFacts that rest on recorded facts, in one query."""
    rows = [row for row in standing_facts(patient=patient) if row.from_on <= as_of]
    answers = {name: _answer(rows, code) for name, code in QUESTIONS.items()}
    return answers | {
        "medicines": _medicines(rows, as_of),
        "tests": tuple(_test_done(row) for row in _of(rows, FactKind.TEST)),
        "falls": tuple(
            Fall(row.from_on, TRUTHS.get(Answer(row.answer)) if row.answer else None)
            for row in _of(rows, FactKind.FALL)
        ),
        "infections": _infections(rows),
        "active_infection": _has_infection(rows, as_of),
        "low_dose_reason": next(
            (row.text for row in _in_force(rows, FactKind.LOW_DOSE_REASON, as_of)), ""
        ),
    }


def tests_of(patient_ids: Iterable[UUID]) -> dict[UUID, list[TestDone]]:
    """Return the single tests of many patients as they now stand, in one query."""
    rows = KnownFact.objects.filter(
        patient__in=list(patient_ids), kind=FactKind.TEST, replaced_by__isnull=True
    ).exclude(change=Change.IN_ERROR)
    found: dict[UUID, list[TestDone]] = defaultdict(list)
    for row in rows:
        found[row.patient_id].append(_test_done(row))
    return found


def _test_done(row: KnownFact) -> TestDone:
    return TestDone(Test(row.code), row.from_on, row.answer)


def sick_day_plan_in(facts: Sequence[KnownFact], *, on: date) -> KnownFact | None:
    """Return the plan that held on that day, of standing facts: the latest one given by then."""
    rows = [row for row in facts if row.from_on <= on]
    return next(iter(_of(rows, FactKind.SICK_DAY_PLAN)), None)


def sick_day_plan_for(*, patient: Patient, on: date) -> KnownFact | None:
    return sick_day_plan_in(standing_facts(patient=patient), on=on)


def is_in_steroid_year(
    *, exposures: Sequence[SteroidExposure], tapers: Sequence[Taper], on: date
) -> bool:
    """Whether sick-day rules concern the patient: on steroids, or up to a year after the last.

    A taper that was stopped early says nothing of its last dose: it counts as still taken.
    """
    taken = [(row.started_on, row.ended_on) for row in exposures if row.daily_mg]
    taken += [(taper.starts_on, _ends_on(taper)) for taper in tapers if taper.activated_at]
    return any(
        emergency_text_is_shown(begins_on=begins_on or date.min, first_zero_on=ends_on, on=on)
        for begins_on, ends_on in taken
    )


def _ends_on(taper: Taper) -> date | None:
    return None if taper.status == Status.REVOKED else taper.first_zero_on


def _of(rows: Sequence[KnownFact], kind: FactKind) -> list[KnownFact]:
    return [row for row in rows if row.kind == kind]


def _in_force(rows: Sequence[KnownFact], kind: FactKind, day: date) -> list[KnownFact]:
    return [row for row in _of(rows, kind) if row.in_force_on(day)]


def _answer(rows: Sequence[KnownFact], code: CircumstanceCode) -> bool | None:
    """The latest answer; rows come newest first."""
    asked = (row for row in _of(rows, FactKind.CIRCUMSTANCE) if row.code == code)
    latest = next(asked, None)
    return None if latest is None else TRUTHS.get(Answer(latest.answer))


def _medicines(rows: Sequence[KnownFact], as_of: date) -> frozenset[Medicine] | None:
    """What stands on the list; an empty list is known only where somebody said "none"."""
    listed = _in_force(rows, FactKind.MEDICINE, as_of)
    if listed:
        return frozenset(Medicine(row.code) for row in listed if row.code != MedicineCode.OTHER)
    takes_others = _answer(rows, CircumstanceCode.OTHER_MEDICINES)
    return frozenset() if takes_others is False else None


def _infections(rows: Sequence[KnownFact]) -> tuple[Infection, ...]:
    return tuple(
        Infection(row.from_on, row.until_on, pneumonia=row.code == InfectionSite.PNEUMONIA)
        for row in reversed(_of(rows, FactKind.INFECTION))
    )


def _has_infection(rows: Sequence[KnownFact], as_of: date) -> bool | None:
    if _in_force(rows, FactKind.INFECTION, as_of):
        return True
    return _answer(rows, CircumstanceCode.INFECTION_NOW)
