"""What the rulebook says of a taper: asked anew for a draft, as it was stored afterwards."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from patients.access import visible_clinics, visible_patients
from patients.clock import today_in
from patients.errors import BadInput, NotFound
from patients.models import Clinic, Membership, Patient
from patients.vocabulary import PatientStatus
from tapers.domain.plan import Plan
from tapers.domain.rules.rule import Finding, Severity
from tapers.domain.rules.rulebook import findings
from tapers.domain.sources import Mark, Source, SourceKind
from tapers.domain.states import Status
from tapers.models import Alert, Taper
from tapers.selectors.facts import context_of_taper
from tapers.selectors.plans import current_revision, plan_of
from tapers.vocabulary import AlertState

ASKS_FOR_A_REASON = tuple(each for each in Severity if each.needs_reason)


def findings_of(taper: Taper, plan: Plan | None = None) -> tuple[Finding, ...]:
    """Return the findings of the current revision, most severe first."""
    if taper.status not in (Status.DRAFT, Status.ENTERED_IN_ERROR):
        return stored_findings_of([taper])[taper.pk]
    revision = current_revision(taper)
    plan = plan or plan_of(taper)
    return findings(plan=plan, context=context_of_taper(taper=taper, plan=plan, revision=revision))


def stored_findings_of(tapers: Iterable[Taper]) -> dict[UUID, tuple[Finding, ...]]:
    """Return the stored findings of the current revision of each taper, in one query."""
    found: dict[UUID, list[Finding]] = {taper.pk: [] for taper in tapers}
    rows = Alert.objects.filter(taper__in=list(found), revision_number=F("taper__revision"))
    for row in rows:
        if row.taper_id is not None:
            found[row.taper_id].append(finding_of(row))
    return {pk: tuple(sorted(values, key=_order)) for pk, values in found.items()}


def finding_of(alert: Alert) -> Finding:
    return Finding(
        code=alert.code,
        severity=Severity(alert.severity),
        message=alert.message,
        sources=tuple(source_of(each) for each in alert.sources),
        values=dict(alert.values),
        episode=alert.episode,
        extent=alert.extent,
    )


def source_of(stored: Mapping[str, Any]) -> Source:
    """Return the source as it was cited then, whatever the rulebook says of it now."""
    reviewed_on = stored.get("reviewed_on")
    return Source(
        code=stored["code"],
        title=stored["title"],
        year=stored.get("year"),
        kind=SourceKind(stored["kind"]),
        mark=Mark(stored["mark"]),
        link=stored.get("link"),
        note=stored.get("note", ""),
        reviewed_by=stored.get("reviewed_by"),
        reviewed_on=date.fromisoformat(reviewed_on) if reviewed_on else None,
    )


def _order(finding: Finding) -> tuple[int, str]:
    return finding.severity.rank, finding.code


def alerts_for(
    *,
    actor: User,
    patient: Patient | None = None,
    clinic: Clinic | None = None,
    taper: Taper | None = None,
    open_only: bool = False,
    severity: str | None = None,
    since: datetime | None = None,
) -> QuerySet[Alert]:
    """Return visible alerts, newest first. Open is what still waits for somebody's reason."""
    rows = (
        Alert.objects.filter(patient__in=visible_patients(actor=actor))
        .select_related("patient__clinic", "taper", "acknowledged_by", "owner__user")
        .select_related("assessment", "step_report", "symptom_report")
        .prefetch_related("checks__checked_by")
        .order_by("-raised_at", "code")
    )
    if severity is not None:
        rows = rows.filter(severity=severity)
    if since is not None:
        rows = rows.filter(raised_at__gte=since)
    if patient is not None:
        rows = rows.filter(patient=patient)
    if clinic is not None:
        rows = rows.filter(patient__clinic=clinic)
    if taper is not None:
        rows = rows.filter(taper=taper)
    return _open(rows) if open_only else rows


def alerts_taken_note_of(*, actor: User, patient: Patient) -> QuerySet[Alert]:
    """Return the patient's warnings somebody gave a reason for: by the next look, then newest."""
    rows = alerts_for(actor=actor, patient=patient).filter(acknowledged_at__isnull=False)
    return rows.order_by(F("next_check_on").asc(nulls_last=True), "-acknowledged_at", "id")


def alerts_to_check(*, actor: User, clinic: Clinic | None = None, at: datetime) -> QuerySet[Alert]:
    """Return what was taken note of and whose next look has come by the clinic's day."""
    rows = alerts_for(actor=actor, clinic=clinic).filter(patient__status=PatientStatus.ACTIVE)
    due = alerts_in_state(rows, AlertState.CHECK_DUE, actor=actor, at=at)
    return due.order_by("next_check_on", "id")


def alerts_owned(
    rows: QuerySet[Alert], *, actor: User, owner: UUID | None, nobody: bool = False
) -> QuerySet[Alert]:
    """Keep what a member looks after, or what nobody does; a member of another clinic is none."""
    if nobody and owner is not None:
        raise BadInput("unowned", "Ask for one owner or for what nobody has taken on, not both.")
    if nobody:
        return rows.filter(owner__isnull=True)
    if owner is None:
        return rows
    if not Membership.objects.filter(pk=owner, clinic__in=visible_clinics(actor=actor)).exists():
        raise NotFound("There is no such member in your clinics.", field="owner")
    return rows.filter(owner=owner)


def alerts_in_state(
    rows: QuerySet[Alert], state: AlertState, *, actor: User, at: datetime
) -> QuerySet[Alert]:
    """Keep the alerts in that state; a note needs no reason and is open until it is over."""
    match state:
        case AlertState.OPEN:
            return rows.filter(acknowledged_at__isnull=True, closed_at__isnull=True)
        case AlertState.CLOSED:
            return rows.filter(acknowledged_at__isnull=True, closed_at__isnull=False)
        case AlertState.CHECK_DUE:
            return rows.filter(_next_look_has_come(actor, at=at))
        case AlertState.ACKNOWLEDGED:
            acknowledged = rows.filter(acknowledged_at__isnull=False)
            return acknowledged.exclude(_next_look_has_come(actor, at=at))


def _next_look_has_come(actor: User, *, at: datetime) -> Q:
    """By the day of each clinic."""
    come = Q(pk__in=[])
    for clinic in visible_clinics(actor=actor):
        come |= Q(patient__clinic=clinic, next_check_on__lte=today_in(clinic.time_zone, at=at))
    return come


def state_of(alert: Alert, *, at: datetime) -> AlertState:
    if alert.acknowledged_at is not None:
        today = today_in(alert.patient.clinic.time_zone, at=at)
        due = alert.next_check_on is not None and alert.next_check_on <= today
        return AlertState.CHECK_DUE if due else AlertState.ACKNOWLEDGED
    return AlertState.OPEN if alert.closed_at is None else AlertState.CLOSED


def alert_for(*, actor: User, id: UUID | str) -> Alert:  # noqa: A002
    try:
        return alerts_for(actor=actor).get(pk=id)
    except (Alert.DoesNotExist, ValidationError):
        raise NotFound("There is no such alert.") from None


def open_alerts_of(patients: Collection[Patient]) -> list[Alert]:
    """Return what waits for a reason of the patients, whoever asks; for services."""
    rows = _open(Alert.objects.filter(patient__in=patients)).select_related("patient__clinic")
    return list(rows.order_by("raised_at", "id"))


def open_alert_counts(*, patient_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many alerts wait for a reason, for the patients that have any; in one query."""
    rows = _open(Alert.objects.filter(patient__in=list(patient_ids)))
    return dict(rows.values_list("patient").annotate(Count("id")).order_by())


def with_open_alerts(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """Add `open_alerts` to each row: the same number without a query of its own, for lists."""
    waiting = _open(Alert.objects.filter(patient=OuterRef("pk"))).order_by().values("patient")
    number = Subquery(waiting.annotate(number=Count("id")).values("number"))
    return patients.annotate(open_alerts=Coalesce(number, 0))


def _open(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    return rows.filter(
        acknowledged_at__isnull=True,
        closed_at__isnull=True,
        severity__in=[each.value for each in ASKS_FOR_A_REASON],
    )
