"""What every change of a taper shares: the lock, the state, the day, the words, the revision."""

from datetime import date, datetime

from patients.access import Actor, user_of
from patients.clock import last_day_of_facts, today_in
from patients.errors import BadInput
from patients.selectors.trail import done_by
from patients.services import _values as values
from patients.vocabulary import Event
from tapers.domain.dose import EQUIVALENCE_TABLE_VERSION
from tapers.domain.errors import PlanDoesNotEndAtZero, WrongStatus
from tapers.domain.plan import Plan
from tapers.domain.rules.rulebook import VERSION
from tapers.domain.schedule import Regimen
from tapers.domain.states import DONE_TO_IT, Action, Status, is_done_already, next_status
from tapers.errors import TaperHasMovedOn
from tapers.models import DoseStep, PlanRevision, Taper
from tapers.proposal import check_start
from tapers.vocabulary import Origin

REASON_LENGTH = 500
LEADS_TO: dict[Status, tuple[Event, ...]] = {
    Status.DRAFT: (Event.TAPER_DRAFTED,),
    Status.ACTIVE: (Event.TAPER_STARTED, Event.TAPER_RESUMED),
    Status.ON_HOLD: (Event.TAPER_HELD,),
    Status.COMPLETED: (Event.TAPER_COMPLETED, Event.PAST_TAPER_RECORDED),
    Status.REVOKED: (Event.TAPER_STOPPED,),
    Status.ENTERED_IN_ERROR: (Event.DRAFT_DISCARDED, Event.PAST_TAPER_IN_ERROR),
}


def locked(taper: Taper) -> Taper:
    """Return the row as it is now, and keep others from changing it until the transaction ends.

    The patient's row too, and first of all: who changes a patient locks it before the reminders.
    """
    return (
        Taper.objects.select_for_update(of=("self", "patient"), no_key=True)
        .select_related("patient__clinic")
        .get(pk=taper.pk)
    )


def status_after(taper: Taper, action: Action) -> Status:
    """Return the status *action* leads to. Raise TaperHasMovedOn, with who moved it."""
    status = Status(taper.status)
    try:
        return next_status(status, action)
    except WrongStatus as refusal:
        by = done_by(patient=taper.patient, subject=taper, events=LEADS_TO[status])
        if is_done_already(status, action):
            done = DONE_TO_IT[action]
            raise TaperHasMovedOn(f"This taper was {done} already{by and ' '}{by}.") from None
        since = f" The last change was made {by}." if by else ""
        raise TaperHasMovedOn(f"{refusal.message}{since}") from None


def today_of(taper: Taper, *, at: datetime) -> date:
    return today_in(taper.patient.time_zone, at=at)


def check_day(taper: Taper, on: date, *, field: str = "on", at: datetime) -> None:
    check_start(on, today=today_of(taper, at=at), field=field)


def check_not_ahead(taper: Taper, on: date, *, field: str, at: datetime) -> None:
    """Refuse a fact of the future."""
    last = last_day_of_facts(taper.patient.time_zone, at=at)
    if on > last:
        raise BadInput(field, f"This day lies ahead; give one up to {last.isoformat()}.")


def words(field: str, text: str, *, blank: bool = False) -> str:
    return str(
        values.checked({field: text}, {field: values.note(most=REASON_LENGTH, blank=blank)})[field]
    )


def store_revision(
    *,
    actor: Actor,
    taper: Taper,
    plan: Plan,
    origin: Origin,
    reason: str = "",
    regimen: Regimen | None = None,
    edited_from_step: int | None = None,
    revised_from_step: int | None = None,
    asks_from_step: int = 1,
    at: datetime,
) -> PlanRevision:
    """Store the whole course as the taper's next revision; the caller saves the taper."""
    if plan.first_zero_on is None:
        raise PlanDoesNotEndAtZero
    taper.revision = 1 if origin is Origin.DRAFTED else taper.revision + 1
    taper.starts_on = plan.starts_on
    taper.first_zero_on = plan.first_zero_on
    if origin is Origin.DRAFTED:
        taper.save(force_insert=True)
    revision = PlanRevision.objects.create(
        taper=taper,
        number=taper.revision,
        origin=origin,
        reason=reason,
        decrement_mg=regimen.decrement_mg if regimen else None,
        interval_days=regimen.interval_days if regimen else None,
        interval_days_from_10_mg=regimen.interval_days_from_10_mg if regimen else None,
        hold_days=regimen.hold_days if regimen else None,
        edited_from_step=edited_from_step,
        revised_from_step=revised_from_step,
        asks_from_step=asks_from_step,
        rulebook_version=VERSION,
        equivalence_table_version=EQUIVALENCE_TABLE_VERSION,
        created_by=user_of(actor),
        created_at=at,
    )
    DoseStep.objects.bulk_create(
        DoseStep(
            revision=revision,
            number=step.number,
            starts_on=step.starts_on,
            ends_on=step.ends_on,
            daily_mg=step.daily_mg,
            wait_days=step.wait_days,
        )
        for step in plan.steps
    )
    return revision
