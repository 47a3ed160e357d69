"""From rows to what the rules of the course may ask of a patient, as known on a day.

A visit, a report or a dose counts from the day it happened on, not from the day it was typed in,
so that a history entered later reads as it was. What is not recorded stays unknown.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from patients.clock import today_in
from patients.instruments.catalogue import MEASURES
from patients.instruments.kidney import EquationSex
from patients.models import AuditEvent, Patient, SteroidExposure
from patients.selectors import diagnosis_known_on, exposure_days_in, exposures_of
from patients.vocabulary import DiagnosisStatus, Event
from tapers.domain.course import Outcome, Report
from tapers.domain.dose import Drug
from tapers.domain.record import (
    CourseFacts,
    Diagnosis,
    SteroidPeriod,
    SymptomReport,
    TaperRecord,
)
from tapers.domain.states import Status
from tapers.models import PlanRevision, StepReport, Taper
from tapers.models import SymptomReport as SymptomReportRow
from tapers.selectors.known import known_facts
from tapers.selectors.plans import is_passed_over, plan_of_revision
from tapers.selectors.protocols import protocol_on
from tapers.selectors.readings import visit_readings, with_infusions
from tapers.selectors.sparing import known_courses, known_infusions
from tapers.vocabulary import Origin

NEVER_STARTED = (Status.DRAFT, Status.ENTERED_IN_ERROR)
DECIDES = (Origin.REVISED, Origin.RESUMED)


def course_facts(*, patient: Patient, as_of: date) -> CourseFacts:
    """Return what was known of the patient on *as_of*, in the same few queries for everybody."""
    courses = exposures_of(patient=patient)
    tapers = _tapers(patient, courses, as_of)
    measured = visit_readings(patient_id=patient.pk, codes=MEASURES, until=as_of)
    infusions = known_infusions(patient=patient, as_of=as_of)
    facts = CourseFacts(
        born_on=patient.birth_date,
        sex=equation_sex(patient),
        diagnosis=_diagnosis(patient, as_of),
        taper=tapers[-1] if tapers else None,
        earlier_tapers=tapers[:-1],
        periods=_periods(patient, courses),
        readings=tuple(with_infusions(measured, infusions)),
        symptoms=_symptoms(patient, as_of),
        sparing=known_courses(patient=patient, as_of=as_of),
        infusions=infusions,
        **known_facts(patient=patient, as_of=as_of),
        protocol=protocol_on(patient.clinic, as_of),
    )
    return facts.known_by(as_of)


def equation_sex(patient: Patient) -> EquationSex | None:
    """Return the sex on record where an equation knows it; None for other and unknown."""
    known = {each.value for each in EquationSex}
    return EquationSex(patient.sex) if patient.sex in known else None


def _diagnosis(patient: Patient, as_of: date) -> Diagnosis:
    row = diagnosis_known_on(patient=patient, on=as_of)
    if row is None:
        return Diagnosis()
    return Diagnosis(row.status == DiagnosisStatus.CONFIRMED, row.confirmed_on)


# Doses -------------------------------------------------------------------------------------------


def _periods(patient: Patient, courses: Sequence[SteroidExposure]) -> tuple[SteroidPeriod, ...]:
    """The recorded courses of a drug that has an equivalent."""
    return tuple(period_of(row, patient.time_zone) for row in courses if row.drug in set(Drug))


def period_of(row: SteroidExposure, zone: str) -> SteroidPeriod:
    """Return what a recorded course says of the dose; the mean of alternating doses."""
    mg = row.daily_mg
    if row.alternate_daily_mg is not None:
        mg = (row.daily_mg + row.alternate_daily_mg) / 2
    return SteroidPeriod(
        drug=Drug(row.drug),
        daily_mg=mg,
        begins_on=row.started_on,
        ends_on=row.ended_on,
        reason=row.raise_reason.strip(),
        is_sick_day_dose=row.sick_day_dose,
        known_on=None
        if row.ended_on
        else today_in(zone, at=row.first_recorded_at or row.recorded_at),
    )


def _tapers(
    patient: Patient, courses: Sequence[SteroidExposure], as_of: date
) -> tuple[TaperRecord, ...]:
    """The tapers begun by that day, in that order; the last one ran then, or was the one before."""
    zone = ZoneInfo(patient.time_zone)
    begun = [row for row in _started_tapers(patient) if _begins_on(row, zone) <= as_of]
    begun.sort(key=lambda row: (_begins_on(row, zone), row.created_at))
    return tuple(_taper(row, courses, as_of, zone) for row in begun)


def _taper(
    taper: Taper, courses: Sequence[SteroidExposure], as_of: date, zone: ZoneInfo
) -> TaperRecord:
    revisions = list(taper.revisions.all())
    by_then = [each for each in revisions if _day(each.created_at, zone) <= as_of]
    revision = (by_then or revisions[:1])[-1]
    held_on, frozen_on = _hold_of(taper, revisions[len(by_then) :])
    return TaperRecord(
        plan=plan_of_revision(revision),
        reports=_reports(list(taper.reports.all()), by_then, as_of),
        exposure_days_before_start=(
            exposure_days_in(courses, on=taper.starts_on)
            if taper.exposure_days is None
            else taper.exposure_days
        ),
        held_on=held_on,
        frozen_on=frozen_on or (taper.ended_on if taper.status == Status.REVOKED else None),
        ended_on=taper.ended_on,
        asks_from_step=revision.asks_from_step,
        taken_back=_taken_back(list(taper.reports.all()), zone, as_of),
    )


def _taken_back(rows: Sequence[StepReport], zone: ZoneInfo, as_of: date) -> frozenset[int]:
    """The steps of which a report had been taken back by that day."""
    return frozenset(
        row.step_number
        for row in rows
        if row.taken_back_at is not None and _day(row.taken_back_at, zone) <= as_of
    )


def _hold_of(taper: Taper, later: Sequence[PlanRevision]) -> tuple[date | None, date | None]:
    """The hold that the first resuming since then ended, by the trail; else the one of today."""
    resumed = next((each for each in later if each.origin == Origin.RESUMED), None)
    if resumed is None:
        return taper.held_on, taper.frozen_on
    events = AuditEvent.objects.filter(event=Event.TAPER_RESUMED, subject_id=str(taper.pk))
    [held_on] = [
        date.fromisoformat(each.details["held_on"])
        for each in events
        if each.details["revision"] == resumed.number
    ]
    return held_on, None


def _started_tapers(patient: Patient) -> list[Taper]:
    revisions = PlanRevision.objects.select_related("taper").prefetch_related("steps")
    reports = StepReport.objects.order_by("recorded_at", "id")
    return list(
        Taper.objects.filter(patient=patient, activated_at__isnull=False)
        .exclude(status__in=NEVER_STARTED)
        .prefetch_related(
            Prefetch("revisions", revisions.order_by("number")), Prefetch("reports", reports)
        )
    )


def _begins_on(taper: Taper, zone: ZoneInfo) -> date:
    """From the day it was signed, or from its first day where it was entered later."""
    signed_at = taper.activated_at or taper.created_at
    return min(_day(signed_at, zone), taper.starts_on)


def _reports(
    rows: Sequence[StepReport], revisions: Sequence[PlanRevision], as_of: date
) -> tuple[Report, ...]:
    """What counted on the day: "not yet" until the step was taken or the plan decided anew.

    A report that was taken back, whenever that was, never counted.
    """
    said = [row for row in rows if row.taken_back_at is None and row.to_domain().on <= as_of]
    taken = {row.step_number: row.taken_on for row in said if row.outcome == Outcome.TAKEN}
    decided = max((each.number for each in revisions if each.origin in DECIDES), default=0)
    return tuple(
        row.to_domain()
        for row in said
        if row.outcome == Outcome.TAKEN
        or (
            row.step_number not in taken
            and (row.revision_number >= decided or is_passed_over(row, taken))
        )
    )


# What was said -----------------------------------------------------------------------------------


def _symptoms(patient: Patient, as_of: date) -> tuple[SymptomReport, ...]:
    zone = ZoneInfo(patient.time_zone)
    rows = SymptomReportRow.objects.filter(
        patient=patient, happened_on__lte=as_of, in_error_at__isnull=True
    )
    return tuple(_told(row, zone) for row in rows.order_by("happened_on", "recorded_at"))


def with_report(facts: CourseFacts, row: SymptomReportRow, *, zone: str) -> CourseFacts:
    """Return the facts as they read with a report that is left out of them, entered in error."""
    return replace(facts, symptoms=(*facts.symptoms, _told(row, ZoneInfo(zone))))


def _told(row: SymptomReportRow, zone: ZoneInfo) -> SymptomReport:
    return SymptomReport(
        row.happened_on,
        row.to_domain(),
        lifted_on=_day(row.lifted_at, zone) if row.lifted_at else None,
        told_later=row.was_told_later,
        is_history=row.is_history,
    )


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
