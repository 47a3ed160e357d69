"""What would come of a prescription of a steroid-sparing drug; nothing is stored."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User

from notifications.policy import ReminderRequest
from patients.access import Permission, check
from patients.clock import today_in
from patients.models import Patient
from tapers.domain.checks import LabCheck, lab_checks
from tapers.domain.errors import DomainError
from tapers.domain.prescription import Prescription
from tapers.domain.record import CourseFacts
from tapers.domain.rules import azathioprine, methotrexate, screening, sparing
from tapers.domain.rules.rule import Finding
from tapers.domain.rules.rulebook import course_findings
from tapers.domain.sparing import (
    METHOTREXATE_START_MG,
    METHOTREXATE_TARGET_MG,
    Agent,
    AzathioprineTarget,
    Build,
    Pace,
    SparingCourse,
    Titration,
    azathioprine_targets,
    azathioprine_titration,
    methotrexate_options,
)
from tapers.models import SparingCourse as SparingCourseRow
from tapers.proposal import check_start
from tapers.selectors.record import course_facts
from tapers.selectors.sparing import course_now
from tapers.selectors.sparing_reminders import sparing_requests

CODES = frozenset(
    rule.code
    for topic in (sparing, screening, methotrexate, azathioprine)
    for rule in topic.COURSE_RULES
)


@dataclass(frozen=True)
class Weights:
    """What the target of azathioprine is worked out from; None is not known."""

    build: Build | None = None
    height_cm: Decimal | None = None
    weight_kg: Decimal | None = None


@dataclass(frozen=True)
class SparingPreview:
    """The course that would come of it, what the rules say, and the other ways to raise it.

    `course` is None where no dose was given yet: then there are only the options and targets.
    """

    agent: Agent
    course: SparingCourse | None
    pace: Pace | None
    findings: tuple[Finding, ...]
    checks: tuple[LabCheck, ...]
    options: tuple[Titration, ...]
    targets: tuple[AzathioprineTarget, ...]
    requests: tuple[ReminderRequest, ...]


def preview_sparing(
    *,
    actor: User,
    patient: Patient,
    prescription: Prescription,
    weights: Weights = Weights(),  # noqa: B008 (immutable)
    row: SparingCourseRow | None = None,
    at: datetime,
) -> SparingPreview:
    """Work out a prescription, for a new course or as the next revision of *row*."""
    check(actor, Permission.READ_RECORD, patient)
    today = today_in(patient.time_zone, at=at)
    course = None
    if prescription.has_doses or row is not None:
        course = worked_out(patient=patient, prescription=prescription, row=row, today=today)
    facts = course_facts(patient=patient, as_of=today)
    checks = () if course is None else _checks(facts, course, today)
    return SparingPreview(
        agent=prescription.agent,
        course=course,
        pace=prescription.pace(),
        findings=() if course is None else sparing_findings(facts, course, as_of=today),
        checks=checks,
        options=_options(prescription, today),
        targets=_targets(prescription, weights),
        requests=()
        if course is None
        else sparing_requests(
            patient=patient,
            course=course,
            checks=checks,
            overdue_days=facts.protocol.lab_overdue_days,
            revision=None,
        ),
    )


def worked_out(
    *,
    patient: Patient,
    prescription: Prescription,
    row: SparingCourseRow | None = None,
    today: date,
) -> SparingCourse:
    """Return the course that comes of it; with *row*, earlier doses of that stay as they are."""
    before = course_now(row) if row is not None else None
    course = prescription.course(
        before=before.doses if before else (),
        recorded_on=before.recorded_on if before else today,
    )
    for dose in course.doses:
        check_start(dose.on, today=today, field="doses" if prescription.doses else "starts_on")
    return replace(course, recorded_on=min(course.recorded_on or today, course.starts_on))


def findings_on_sparing(*, patient: Patient, as_of: date) -> tuple[Finding, ...]:
    """Return what the rules of these drugs say of the patient's courses, as they are recorded."""
    facts = course_facts(patient=patient, as_of=as_of)
    return tuple(
        finding for finding in course_findings(facts=facts, as_of=as_of) if finding.code in CODES
    )


def sparing_findings(
    facts: CourseFacts, course: SparingCourse, *, as_of: date
) -> tuple[Finding, ...]:
    """Return what the rules of these drugs say of this course alone."""
    alone = replace(facts, sparing=(course,))
    return tuple(
        finding for finding in course_findings(facts=alone, as_of=as_of) if finding.code in CODES
    )


def _checks(facts: CourseFacts, course: SparingCourse, today: date) -> tuple[LabCheck, ...]:
    return lab_checks(
        course=course,
        readings=facts.readings,
        tests=facts.tests,
        as_of=today,
        overdue_days=facts.protocol.lab_overdue_days,
    )


def _options(prescription: Prescription, today: date) -> tuple[Titration, ...]:
    """The ways offered from that start to that target, the gentlest first; none that cannot be."""
    starts_on = prescription.starts_on or today + timedelta(days=1)
    try:
        if prescription.agent is Agent.METHOTREXATE:
            return methotrexate_options(
                starts_on=starts_on,
                start_mg=prescription.start_mg or METHOTREXATE_START_MG,
                target_mg=prescription.target_mg or METHOTREXATE_TARGET_MG,
            )
        if prescription.target_mg is None or prescription.start_mg is None:
            return ()
        return tuple(
            azathioprine_titration(
                starts_on=starts_on,
                start_mg=prescription.start_mg,
                target_mg=prescription.target_mg,
                unit_confirmed=prescription.unit_confirmed,
                weekly=weekly,
            )
            for weekly in (False, True)
        )
    except DomainError:
        return ()


def _targets(prescription: Prescription, weights: Weights) -> tuple[AzathioprineTarget, ...]:
    if prescription.agent is not Agent.AZATHIOPRINE:
        return ()
    return azathioprine_targets(
        build=weights.build or prescription.build,
        height_cm=weights.height_cm or prescription.height_cm,
        weight_kg=weights.weight_kg or prescription.weight_kg,
    )
