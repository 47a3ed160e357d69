"""What the prescriber decides of a running taper: revise, hold, resume, stop, complete."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Actor, Permission, check, user_of
from patients.errors import BadInput
from patients.vocabulary import Event
from tapers.domain.changes import resume_plan
from tapers.domain.course import dose_in_force
from tapers.domain.dose import mg_text
from tapers.domain.plan import Plan
from tapers.domain.schedule import Regimen
from tapers.domain.states import Action, Status
from tapers.errors import NotAtZero
from tapers.models import PlanRevision, Taper
from tapers.selectors.plans import current_revision, dose_of, plan_of, reports_for, taken_steps
from tapers.selectors.revising import Remainder, revised_plan
from tapers.services.alerts import checked_reasons, close_alerts, store_findings
from tapers.services.drafting import check_patient_is_treated
from tapers.services.revisions import (
    check_day,
    check_not_ahead,
    locked,
    status_after,
    store_revision,
    words,
)
from tapers.services.schedule import ask_for_monitoring, ask_for_reminders, cancel_reminders
from tapers.vocabulary import Origin


@transaction.atomic
def revise_taper(
    *,
    actor: User,
    taper: Taper,
    reason: str,
    reasons: Mapping[str, str],
    starts_on: date,
    daily_mg: Decimal,
    regimen: Regimen | None = None,
    steps: Sequence[tuple[date, Decimal]] | None = None,
    at: datetime,
) -> Taper:
    """Replace the plan from *starts_on* on; what was taken before stays as it was.

    A draft stays a draft, and its warnings are asked for at activation. A taper on hold stays on
    hold, from then on at the first dose of the revision.
    """
    check(actor, Permission.REVISE_TAPER, taper.patient)
    taper = locked(taper)
    taper.status = status_after(taper, Action.REVISE)
    reason, given = words("reason", reason), checked_reasons(reasons)
    check_day(taper, starts_on, field="starts_on", at=at)
    ends_before = taper.first_zero_on
    revised = revised_plan(
        taper=taper, remainder=Remainder(starts_on, daily_mg, regimen=regimen, steps=steps)
    )
    revision = store_revision(
        actor=actor,
        taper=taper,
        plan=revised.plan,
        origin=Origin.REVISED,
        reason=reason,
        regimen=regimen,
        edited_from_step=revised.edited_from_step,
        revised_from_step=revised.from_step,
        asks_from_step=revised.from_step,
        at=at,
    )
    if taper.status == Status.ON_HOLD:
        taper.frozen_on = starts_on
    taper.save(update_fields=["revision", "starts_on", "first_zero_on", "frozen_on"])
    if taper.is_running:
        _put_in_force(actor, taper, revised.plan, revision, given, at=at)
    audit.record(
        Event.PLAN_REVISED,
        patient=taper.patient,
        actor=actor,
        at=at,
        subject=taper,
        revision=revision.number,
        origin=revision.origin,
        from_on=starts_on.isoformat(),
        daily_mg=mg_text(daily_mg),
        first_zero_on={"before": str(ends_before), "after": str(taper.first_zero_on)},
    )
    return taper


@transaction.atomic
def hold_taper(*, actor: User, taper: Taper, on: date, reason: str, at: datetime) -> Taper:
    """Stay at the dose of that day; its step reminders stop at once, monitoring goes on."""
    check(actor, Permission.HOLD_TAPER, taper.patient)
    taper = locked(taper)
    taper.status = status_after(taper, Action.HOLD)
    taper.hold_reason = words("reason", reason)
    _check_not_before_taken(taper, on, at=at)
    taper.held_on = taper.frozen_on = on
    taper.save(update_fields=["status", "hold_reason", "held_on", "frozen_on"])
    cancel_reminders(taper, "The taper is on hold.", at)
    ask_for_monitoring(taper.patient, at)
    audit.record(
        Event.TAPER_HELD,
        patient=taper.patient,
        actor=actor,
        at=at,
        subject=taper,
        on=on.isoformat(),
    )
    return taper


@transaction.atomic
def resume_taper(*, actor: User, taper: Taper, on: date, reason: str = "", at: datetime) -> Taper:
    """Go on: the next reduction follows a full wait after *on*, the later ones keep their waits."""
    check(actor, Permission.RESUME_TAPER, taper.patient)
    taper = locked(taper)
    taper.status = status_after(taper, Action.RESUME)
    check_patient_is_treated(taper.patient)
    reason = words("reason", reason, blank=True)
    check_day(taper, on, at=at)
    if taper.held_on is None or on < taper.held_on:
        raise BadInput("on", f"The taper is on hold from {taper.held_on}; give that day or later.")
    plan, following = _resumed(taper, on)
    last = current_revision(taper)
    revision = store_revision(
        actor=actor,
        taper=taper,
        plan=plan,
        origin=Origin.RESUMED,
        reason=reason,
        edited_from_step=last.edited_from_step,
        asks_from_step=following,
        at=at,
    )
    held_on, taper.held_on, taper.frozen_on = taper.held_on, None, None
    taper.save(
        update_fields=[
            "status",
            "revision",
            "starts_on",
            "first_zero_on",
            "held_on",
            "frozen_on",
        ]
    )
    _put_in_force(actor, taper, plan, revision, None, at=at)
    audit.record(
        Event.TAPER_RESUMED,
        patient=taper.patient,
        actor=actor,
        at=at,
        subject=taper,
        revision=revision.number,
        held_on=held_on.isoformat(),
        on=on.isoformat(),
        first_zero_on=taper.first_zero_on.isoformat(),
    )
    return taper


@transaction.atomic
def stop_taper(*, actor: User, taper: Taper, on: date, reason: str, at: datetime) -> Taper:
    """End the taper before its last step; from then on nobody is reminded of it."""
    check(actor, Permission.STOP_TAPER, taper.patient)
    taper = locked(taper)
    status = status_after(taper, Action.STOP)
    reason = words("reason", reason)
    _check_not_before_taken(taper, on, at=at)
    end(actor, taper, status, on, reason=reason, at=at)
    audit.record(
        Event.TAPER_STOPPED,
        patient=taper.patient,
        actor=actor,
        at=at,
        subject=taper,
        on=on.isoformat(),
    )
    return taper


@transaction.atomic
def complete_taper(*, actor: User, taper: Taper, on: date, at: datetime) -> Taper:
    """Close a taper whose patient takes no steroid any more; visits are followed for a year."""
    check(actor, Permission.COMPLETE_TAPER, taper.patient)
    taper = locked(taper)
    status = status_after(taper, Action.COMPLETE)
    check_day(taper, on, at=at)
    check_not_ahead(taper, on, field="on", at=at)
    _check_at_zero(taper, on)
    complete(actor, taper, status, on, at=at)
    return taper


def complete(actor: Actor, taper: Taper, status: Status, on: date, *, at: datetime) -> None:
    """What completing does once it is decided, by a person or by the report of the last step."""
    end(actor, taper, status, on, reason="", at=at)
    audit.record(
        Event.TAPER_COMPLETED,
        patient=taper.patient,
        actor=actor,
        at=at,
        subject=taper,
        on=on.isoformat(),
    )


def end(actor: Actor, taper: Taper, status: Status, on: date, *, reason: str, at: datetime) -> None:
    taper.status, taper.ended_on, taper.end_reason = status, on, reason
    taper.ended_by, taper.ended_at = user_of(actor), at
    taper.save(update_fields=["status", "ended_on", "end_reason", "ended_by", "ended_at"])
    cancel_reminders(taper, "The taper is over.", at)
    ask_for_monitoring(taper.patient, at)
    close_alerts(taper, at)


# Parts -------------------------------------------------------------------------------------------


def _put_in_force(
    actor: User,
    taper: Taper,
    plan: Plan,
    revision: PlanRevision,
    reasons: Mapping[str, str] | None,
    *,
    at: datetime,
) -> None:
    """Store what the rulebook says and ask for the reminders. Without *reasons* nothing blocks."""
    store_findings(
        actor=actor,
        taper=taper,
        plan=plan,
        revision=revision,
        reasons=reasons,
        blocks=reasons is not None,
        at=at,
    )
    ask_for_reminders(taper, plan, at)
    ask_for_monitoring(taper.patient, at)


def _resumed(taper: Taper, on: date) -> tuple[Plan, int]:
    """Return the plan with its next reduction a full wait after *on*, and that reduction's number.

    Never sooner than it was planned.
    """
    plan, reports = plan_of(taper), reports_for(taper)
    frozen_on = taper.frozen_on or on
    dose = dose_in_force(plan=plan, reports=reports, on=frozen_on, held_on=frozen_on)
    number = dose.step_number if dose else None
    following = (number or 0) + 1
    if following > len(plan.steps):
        return plan, len(plan.steps)
    resumed = resume_plan(plan=plan, in_force_number=number, on=max(on, frozen_on))
    sooner = resumed.step(following).starts_on < plan.step(following).starts_on
    return plan if sooner else resumed, following


def _check_not_before_taken(taper: Taper, on: date, *, at: datetime) -> None:
    check_day(taper, on, at=at)
    taken = taken_steps(reports_for(taper))
    if taken and on < max(taken.values()):
        last = max(taken.values()).isoformat()
        raise BadInput("on", f"A step was taken on {last}; give that day or a later one.")


def _check_at_zero(taper: Taper, on: date) -> None:
    dose = dose_of(taper=taper, plan=plan_of(taper), reports=reports_for(taper), on=on)
    if dose.daily_mg:
        raise NotAtZero(
            f"On {on.isoformat()} the dose is still {mg_text(dose.daily_mg)} mg a day; "
            "a taper is completed at 0 mg."
        )
