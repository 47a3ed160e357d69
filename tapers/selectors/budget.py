"""How many warnings a clinic is asked to look at, and how often it goes on as before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from patients.clock import today_in
from patients.errors import BadInput
from patients.models import AuditEvent, Clinic, Patient
from patients.vocabulary import PatientStatus
from tapers.domain.rules.rule import Severity
from tapers.models import Alert
from tapers.selectors.answers import ALSO, CHANGES, Answer, answers_to

EARLIEST = date(2010, 1, 1)
USUAL_DAYS = 90
MOST_DAYS = 732
DAYS_A_MONTH = Decimal("30.4375")
CHANGE_WITHIN = timedelta(days=7)
OVERRIDDEN_PERCENT = 90  # above it a rule is asked whether it is still worth its place
ASKED_ONCE = frozenset({"ADRENAL_RISK"})  # once a plan of nearly everybody; the reason answers it
TENTH = Decimal("0.1")
HUNDREDTH = Decimal("0.01")


ANSWERING = tuple({each.event for answers in (CHANGES, *ALSO.values()) for each in answers})


@dataclass(frozen=True)
class Happened:
    at: datetime
    event: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class CodeBudget:
    """Of one rule: raised in the period, acknowledged, and acknowledged without an answer.

    Without an answer: from the alert until a week after the reason nothing was recorded of the
    patient that fits the rule (`answers_to`). None: what it asks for is not recorded here.
    """

    code: str
    raised: int
    acknowledged: int
    unchanged: int | None

    @property
    def is_asked_once(self) -> bool:
        """Its reason, card and sick-day plan given, is what it asks for and no override."""
        return self.code in ASKED_ONCE

    @property
    def override_percent(self) -> Decimal | None:
        """None while nobody has acknowledged one, of what is asked once, and where not known."""
        if not self.acknowledged or self.is_asked_once or self.unchanged is None:
            return None
        return (Decimal(100 * self.unchanged) / self.acknowledged).quantize(TENTH)

    @property
    def is_mostly_overridden(self) -> bool:
        if self.unchanged is None or self.is_asked_once:
            return False
        return 100 * self.unchanged > OVERRIDDEN_PERCENT * self.acknowledged


@dataclass(frozen=True)
class AlertBudget:
    """Both days belong to the period. Warnings ask for a reason; those asked once do not count."""

    from_on: date
    to_on: date
    patient_months: Decimal
    codes: tuple[CodeBudget, ...]

    @property
    def warnings(self) -> int:
        return sum(each.raised for each in self.codes if not each.is_asked_once)

    @property
    def per_patient_month(self) -> Decimal | None:
        """None where nobody was under care."""
        if not self.patient_months:
            return None
        return (self.warnings / self.patient_months).quantize(HUNDREDTH)


def period_of(
    *, clinic: Clinic, at: datetime, from_on: date | None = None, to_on: date | None = None
) -> tuple[date, date]:
    """Return the period asked for, by default the last 90 days. Raise BadInput."""
    today = today_in(clinic.time_zone, at=at)
    last = to_on or today
    if not EARLIEST <= last <= today:
        raise BadInput("to_on", f"Give a day from {EARLIEST} to {today}.")
    earliest = last - timedelta(days=MOST_DAYS - 1)
    first = from_on or last - timedelta(days=USUAL_DAYS - 1)
    if not earliest <= first <= last:
        raise BadInput("from_on", f"Give a day from {earliest} to {last}.")
    return first, last


def alert_budget(*, clinic: Clinic, from_on: date, to_on: date) -> AlertBudget:
    """Return the figures of a period of the clinic's days; three queries."""
    zone = ZoneInfo(clinic.time_zone)
    begins = datetime.combine(from_on, time(), tzinfo=zone)
    ends = datetime.combine(to_on + timedelta(days=1), time(), tzinfo=zone)
    rows = Alert.objects.filter(
        patient__clinic=clinic,
        raised_at__gte=begins,
        raised_at__lt=ends,
        asked_severity__in=[each.value for each in Severity if each.needs_reason],
    ).only("patient_id", "code", "raised_at", "acknowledged_at")
    happened = _happened(clinic, since=begins)
    by_code: dict[str, list[Alert]] = defaultdict(list)
    for row in rows:
        by_code[row.code].append(row)
    codes = [_of_code(code, alerts, happened) for code, alerts in by_code.items()]
    return AlertBudget(
        from_on=from_on,
        to_on=to_on,
        patient_months=_patient_months(clinic, from_on, to_on),
        codes=tuple(sorted(codes, key=lambda each: (-each.raised, each.code))),
    )


def _happened(clinic: Clinic, *, since: datetime) -> dict[UUID, list[Happened]]:
    """What may be an answer to some rule, of each patient, in order."""
    found: dict[UUID, list[Happened]] = defaultdict(list)
    rows = AuditEvent.objects.filter(clinic=clinic, event__in=ANSWERING, at__gte=since)
    for patient_id, at, event, details in rows.order_by("at").values_list(
        "patient_id", "at", "event", "details"
    ):
        if patient_id is not None:
            found[patient_id].append(Happened(at, event, details))
    return found


def _of_code(
    code: str, alerts: Sequence[Alert], happened: Mapping[UUID, list[Happened]]
) -> CodeBudget:
    noted = [each for each in alerts if each.acknowledged_at is not None]
    answers = answers_to(code)
    if not answers:
        return CodeBudget(code, len(alerts), len(noted), None)
    unchanged = [
        each for each in noted if not _is_answered(each, answers, happened.get(each.patient_id, []))
    ]
    return CodeBudget(code, len(alerts), len(noted), len(unchanged))


def _is_answered(alert: Alert, answers: Sequence[Answer], happened: Sequence[Happened]) -> bool:
    """After the alert, not with it: what was stored together with the alert did not answer it."""
    until = (alert.acknowledged_at or alert.raised_at) + CHANGE_WITHIN
    return any(
        alert.raised_at < each.at <= until
        and any(answer.fits(each.event, each.details) for answer in answers)
        for each in happened
    )


def _patient_months(clinic: Clinic, from_on: date, to_on: date) -> Decimal:
    """Days under care in the period, from registration until the patient died or moved."""
    rows = Patient.objects.filter(clinic=clinic).only("created_at", "status", "status_changed_at")
    days = 0
    for patient in rows:
        first = max(from_on, today_in(clinic.time_zone, at=patient.created_at))
        last = to_on
        if patient.status != PatientStatus.ACTIVE:
            last = min(to_on, today_in(clinic.time_zone, at=patient.status_changed_at))
        days += max((last - first).days + 1, 0)
    return (Decimal(days) / DAYS_A_MONTH).quantize(HUNDREDTH)
