"""What the rulebook says of the course of a patient is stored as alerts, one an episode."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.models import Q

from patients import audit
from patients.access import Actor
from patients.clock import today_in
from patients.models import Assessment, Patient
from patients.services.tasks import open_task
from patients.vocabulary import Event, TaskKind
from tapers.domain.rules.episodes import Decision, Raised, decision_for, no_longer_said
from tapers.domain.rules.rule import Finding, Severity
from tapers.domain.rules.rulebook import (
    COURSE_RULES,
    VERSION,
    course_findings,
    course_rule_for,
    undecided_episodes,
)
from tapers.models import Alert, CourseEvaluation, StepReport, SymptomReport
from tapers.selectors.record import course_facts, with_report
from tapers.services.alerts import stored_source
from tapers.services.escalation import ask_for_escalation
from tapers.services.sparing_schedule import ask_for_sparing_of

Cause = Assessment | StepReport | SymptomReport
BY_RULEBOOK = "rulebook"
TOLD_AT_ONCE = ("ADRENAL_RED", "ADRENAL_MINOR")  # raised by the report itself during a taper
DIGITS = Decimal("0.0001")
log = logging.getLogger(__name__)


def evaluate_course(
    *,
    patient: Patient,
    actor: Actor | None = None,
    cause: Cause | None = None,
    withdrawn: SymptomReport | None = None,
    at: datetime,
) -> tuple[Alert, ...]:
    """Ask every rule of the course as of today, and raise what is new or has become worse.

    Nothing is stopped by it: when a rule fails, what the caller stored stays, and the failure is
    kept, shown as a task and told by /readyz. What a rule no longer says is closed, also where
    somebody took note of it: the same finding later is a new alert. Only what is critical and
    open waits for a person. What rested on a report that was *withdrawn* as entered in error is
    closed even so; what others still bear out is raised in its place.
    """
    work = partial(_evaluate, patient, actor, cause, withdrawn, at=at)
    return _trying(patient, work, at=at) or ()


def try_course(
    *, patient: Patient, actor: Actor | None = None, cause: Cause | None = None, at: datetime
) -> tuple[Alert, ...] | None:
    """The same; None tells that a rule failed."""
    return _trying(patient, partial(_evaluate, patient, actor, cause, at=at), at=at)


def read_course(*, patient: Patient, at: datetime) -> tuple[Alert, ...] | None:
    """Evaluate the course, and ask for those reminders of drugs that have come within reach.

    None tells that one of them failed; then neither is stored.
    """

    def read() -> tuple[Alert, ...]:
        alerts = _evaluate(patient, at=at)
        ask_for_sparing_of(patient, at)
        return alerts

    return _trying(patient, read, at=at)


def _trying(
    patient: Patient, work: Callable[[], tuple[Alert, ...]], *, at: datetime
) -> tuple[Alert, ...] | None:
    try:
        with transaction.atomic():
            alerts = work()
            _note_success(patient, at=at)
            return alerts
    except Exception as error:
        log.exception("The rules of the course failed for patient %s.", patient.pk)
        _note_failure(patient, error, at=at)
        return None


def _note_success(patient: Patient, *, at: datetime) -> None:
    day = today_in(patient.clinic.time_zone, at=at)
    answered = {"evaluated_on": day, "failed_at": None, "failure": ""}
    CourseEvaluation.objects.update_or_create(patient=patient, defaults=answered)


@transaction.atomic
def _note_failure(patient: Patient, error: Exception, *, at: datetime) -> None:
    failed = {"failed_at": at, "failure": type(error).__name__}
    CourseEvaluation.objects.update_or_create(patient=patient, defaults=failed)
    open_task(
        clinic=patient.clinic,
        patient=patient,
        kind=TaskKind.COURSE_NOT_READ,
        key=f"course:{patient.pk}",
        text=f"The rules could not be held against the course of {patient.code}, so nothing new "
        "is raised. Read the record yourself, and tell whoever runs the server.",
        system=BY_RULEBOOK,
        at=at,
    )


def _evaluate(
    patient: Patient,
    actor: Actor | None = None,
    cause: Cause | None = None,
    withdrawn: SymptomReport | None = None,
    *,
    at: datetime,
) -> tuple[Alert, ...]:
    locked = Patient.objects.select_for_update(of=("self",), no_key=True)
    patient = locked.select_related("clinic").get(pk=patient.pk)
    today = today_in(patient.time_zone, at=at)
    facts = course_facts(patient=patient, as_of=today)
    said = course_findings(facts=facts, as_of=today)
    found = _not_told_yet(patient, said)
    every = _standing(patient)
    undecided = undecided_episodes(facts=facts, as_of=today)
    undone: list[Alert] = []
    if withdrawn is not None:
        before = with_report(facts, withdrawn, zone=patient.time_zone)
        changed = _changed(course_findings(facts=before, as_of=today), said) - undecided
        undone = [row for row in every if _rested_on(row, withdrawn, changed)]
    standing = [row for row in every if row not in undone]
    raised = [_raised(row) for row in standing]
    decided = [
        (finding, decision_for(finding=finding, raised=raised, rule=course_rule_for(finding.code)))
        for finding in found
    ]
    new = [finding for finding, decision in decided if decision is not Decision.KEEP]
    over = [*undone, *_over(standing, found, said, undecided), *_replaced(standing, new)]
    closed = _close(over, at=at)
    owned = {(row.code, row.episode): row for row in every if row.owner_id is not None}
    alerts = Alert.objects.bulk_create(
        _alert(patient, each, cause, owned.get((each.code, each.episode)), at=at) for each in new
    )
    for alert in alerts:
        _tell(alert, actor, at=at)
    if closed or alerts:
        ask_for_escalation(patient, at)
    return tuple(alerts)


def _changed(before: Iterable[Finding], now: Iterable[Finding]) -> frozenset[tuple[str, str]]:
    """The codes and episodes that are no longer said, or in other words."""
    words = {(each.code, each.episode): each.message for each in now}
    return frozenset(
        (each.code, each.episode)
        for each in before
        if words.get((each.code, each.episode)) != each.message
    )


def _rested_on(row: Alert, withdrawn: SymptomReport, changed: frozenset[tuple[str, str]]) -> bool:
    """Open, and said as it is because of the report that was entered in error."""
    its_own = row.symptom_report_id == withdrawn.pk and row.code in TOLD_AT_ONCE
    return row.is_open and (its_own or (row.code, row.episode) in changed)


def _raised(alert: Alert) -> Raised:
    return Raised(alert.code, alert.episode, Severity(alert.severity), alert.extent)


def _standing(patient: Patient) -> list[Alert]:
    """Alerts of the course whose episode goes on, open or taken note of."""
    return list(Alert.objects.filter(patient=patient, taper__isnull=True, closed_at__isnull=True))


def _not_told_yet(patient: Patient, found: Iterable[Finding]) -> list[Finding]:
    """Leave out what the report itself raised: while that is open, and of its day or before."""
    told: dict[str, date] = {}
    rows = Alert.objects.filter(patient=patient, taper__isnull=False, code__in=TOLD_AT_ONCE)
    never_so = Q(symptom_report__in_error_at__isnull=False, acknowledged_at__isnull=True)
    for row in rows.exclude(never_so):
        is_open = row.acknowledged_at is None and row.closed_at is None
        day = date.max if is_open else today_in(patient.time_zone, at=row.raised_at)
        told[row.code] = max(day, told.get(row.code, day))
    return [
        finding
        for finding in found
        if finding.code not in told or str(told[finding.code]) < _day_of(finding)
    ]


def _day_of(finding: Finding) -> str:
    """The day of the symptoms, told on it or later."""
    values = finding.values
    return values["happened_on"] if "happened_on" in values else values["reported_on"]


def _over(
    standing: Sequence[Alert],
    found: Sequence[Finding],
    said: Sequence[Finding],
    undecided: frozenset[tuple[str, str]],
) -> list[Alert]:
    """What no rule says any more; open, also what the report itself has told since."""
    noted = [row for row in standing if row.acknowledged_at is not None]
    waiting = [row for row in standing if row.is_open and not _waits_for_a_person(_raised(row))]
    return [
        *_silent(noted, said, undecided),
        *_silent(waiting, found, undecided),
    ]


def _silent(
    rows: Sequence[Alert], findings: Sequence[Finding], undecided: frozenset[tuple[str, str]]
) -> list[Alert]:
    silent = no_longer_said(
        raised=[_raised(row) for row in rows], findings=findings, undecided=undecided
    )
    keys = {(each.code, each.episode) for each in silent}
    return [row for row in rows if (row.code, row.episode) in keys]


def _replaced(standing: Sequence[Alert], new: Sequence[Finding]) -> list[Alert]:
    """What is open and raised again; what somebody took note of goes on with its episode."""
    keys = {(each.code, each.episode) for each in new}
    return [row for row in standing if row.is_open and (row.code, row.episode) in keys]


def _close(rows: Sequence[Alert], *, at: datetime) -> int:
    """Close these alerts; return how many."""
    ids = [row.pk for row in rows]
    return Alert.objects.filter(pk__in=ids).update(closed_at=at) if ids else 0


def close_what_a_plan_ends(*, patient: Patient, at: datetime) -> None:
    """Close the alerts that a plan was asked for by; the plan now signed is the answer."""
    codes = [rule.code for rule in COURSE_RULES if rule.ends_by_decision]
    Alert.objects.filter(
        patient=patient,
        taper__isnull=True,
        code__in=codes,
        acknowledged_at__isnull=True,
        closed_at__isnull=True,
    ).update(closed_at=at)


def _waits_for_a_person(alert: Raised) -> bool:
    decided = course_rule_for(alert.code).ends_by_decision
    return alert.severity is Severity.CRITICAL and not decided


def _alert(
    patient: Patient, finding: Finding, cause: Cause | None, owned: Alert | None, *, at: datetime
) -> Alert:
    """What was somebody's when it was milder is still theirs."""
    return Alert(
        patient=patient,
        owner_id=owned.owner_id if owned else None,
        owner_changed_at=owned.owner_changed_at if owned else None,
        assessment=cause if isinstance(cause, Assessment) else None,
        step_report=cause if isinstance(cause, StepReport) else None,
        symptom_report=cause if isinstance(cause, SymptomReport) else None,
        code=finding.code,
        severity=finding.severity,
        asked_severity=finding.severity,
        episode=finding.episode,
        extent=None if finding.extent is None else finding.extent.quantize(DIGITS),
        message=finding.message,
        values=dict(finding.values),
        sources=[stored_source(each) for each in finding.sources],
        rulebook_version=VERSION,
        raised_at=at,
    )


def _tell(alert: Alert, actor: Actor | None, *, at: datetime) -> None:
    if not Severity(alert.severity).needs_reason:
        return
    audit.record(
        Event.ALERT_RAISED,
        patient=alert.patient,
        actor=actor,
        system="" if actor is not None else BY_RULEBOOK,
        at=at,
        subject=alert,
        code=alert.code,
        severity=alert.severity,
        episode=alert.episode,
        rulebook=alert.rulebook_version,
    )
