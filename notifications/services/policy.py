"""A clinic decides how it reminds: quiet hours, rungs, pauses."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from notifications.models import ClinicPolicy, Reminder, SendingPause
from notifications.policy import NEVER_PAUSED, Kind, Status, TeamMailOn
from patients import audit
from patients.access import Permission, check
from patients.errors import BadInput, Conflict
from patients.models import Clinic
from patients.vocabulary import Event

MOST_DAYS = 90
LONGEST_REASON = 300
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
RUNGS = ("second", "team", "lead")
LADDERS = ("step", "visit")


class AlreadyPaused(Conflict):
    code = "ALREADY_PAUSED"


class NotPaused(Conflict):
    code = "NOT_PAUSED"


@transaction.atomic
def change_policy(
    *, actor: User, clinic: Clinic, changes: Mapping[str, object], at: datetime
) -> ClinicPolicy:
    """Store what changes, and what it was, in the trail; raise BadInput with every field at fault.

    Quiet hours hold from the next sweep on. Whoever asks for rungs asks again after this.
    """
    check(actor, Permission.MANAGE_CLINIC, clinic)
    clean = _checked(changes)
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    policy = ClinicPolicy.objects.filter(clinic=clinic).first() or ClinicPolicy(clinic=clinic)
    changed = {
        name: {"before": _in_trail(before), "after": _in_trail(value)}
        for name, value in clean.items()
        if (before := getattr(policy, name)) != value
    }
    if not changed:
        return policy
    for name, value in clean.items():
        setattr(policy, name, value)
    _refuse_rungs_out_of_order(policy)
    policy.save()
    audit.record(
        Event.CLINIC_CHANGED,
        clinic=clinic,
        actor=actor,
        at=at,
        subject=policy,
        changes=changed,
    )
    return policy


@transaction.atomic
def pause_sending(
    *, actor: User, clinic: Clinic, kind: str = "", reason: str, at: datetime
) -> SendingPause:
    """Let nothing of *kind*, or of any that can be paused, go out.

    What waits stays and may become too late. What is asked for now goes out all the same.
    """
    check(actor, Permission.MANAGE_CLINIC, clinic)
    _check_kind(kind)
    reason = _reason(reason)
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    if SendingPause.objects.filter(clinic=clinic, kind=kind, lifted_at__isnull=True).exists():
        raise AlreadyPaused("This is paused already.")
    pause = SendingPause.objects.create(
        clinic=clinic, kind=kind, reason=reason, paused_at=at, paused_by=actor
    )
    _record(pause, actor=actor, at=at, paused=True)
    return pause


@transaction.atomic
def lift_pause(*, actor: User, pause: SendingPause, at: datetime) -> SendingPause:
    """Let the mails go again; those that waited are tried by the next sweep."""
    check(actor, Permission.MANAGE_CLINIC, pause.clinic)
    pause = SendingPause.objects.select_for_update(of=("self",)).get(pk=pause.pk)
    if pause.lifted_at is not None:
        raise NotPaused("This pause was lifted already.")
    pause.lifted_at, pause.lifted_by = at, actor
    pause.save(update_fields=["lifted_at", "lifted_by"])
    waiting = Reminder.objects.filter(
        clinic=pause.clinic, status=Status.SCHEDULED.value, due_at__lte=at, attempts=0
    )
    waiting = waiting.filter(kind=pause.kind) if pause.kind else waiting
    waiting.filter(next_attempt_at__gt=at).update(next_attempt_at=at)
    _record(pause, actor=actor, at=at, paused=False)
    return pause


def _record(pause: SendingPause, *, actor: User, at: datetime, paused: bool) -> None:
    audit.record(
        Event.CLINIC_CHANGED,
        clinic=pause.clinic,
        actor=actor,
        at=at,
        subject=pause,
        sending_paused=paused,
        kind=pause.kind,
    )


def _check_kind(kind: str) -> None:
    if kind and kind not in set(Kind):
        raise BadInput("kind", "There is no such kind of reminder.")
    if kind in NEVER_PAUSED:
        raise BadInput(
            "kind", "This mail is never paused: somebody waits for it, or may be in danger."
        )


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise BadInput("reason", "Say why, for those who ask later.")
    if len(reason) > LONGEST_REASON or "\0" in reason:
        raise BadInput("reason", f"Give at most {LONGEST_REASON} plain characters.")
    return reason


def _in_trail(value: object) -> str | int | None:
    """Return a setting as the trail keeps it: a time as HH:MM, days as a number."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value if value is None or isinstance(value, int) else str(value)


# What may be changed --------------------------------------------------------------------------


def _checked(changes: Mapping[str, object]) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, value in changes.items():
        try:
            clean[name] = CHECKS[name](value)
        except KeyError:
            faults[name] = "There is no such setting."
        except ValueError as fault:
            faults[name] = str(fault)
    if faults:
        fields = {name: [why] for name, why in faults.items()}
        raise BadInput(None, "Some values cannot be taken.", fields=fields)
    return clean


def _clock_time(value: object) -> time:
    if not isinstance(value, time) or value.tzinfo is not None:
        raise ValueError("Give a time of day.")
    return value


def _days(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        raise ValueError(f"Give whole days from 1 to {MOST_DAYS}, or nothing.")
    return value


def _team_mail_on(value: object) -> str:
    if value not in set(TeamMailOn):
        raise ValueError("Choose working days or every day.")
    return str(value)


CHECKS: dict[str, Callable[[object], Any]] = {
    "quiet_from": _clock_time,
    "quiet_until": _clock_time,
    "team_mail_on": _team_mail_on,
    **{f"{ladder}_{rung}_days": _days for ladder in LADDERS for rung in RUNGS},
}


def _refuse_rungs_out_of_order(policy: ClinicPolicy) -> None:
    """Each rung comes after the one below it, where both are on."""
    for ladder in LADDERS:
        names = [f"{ladder}_{rung}_days" for rung in RUNGS]
        days = [value for name in names if (value := getattr(policy, name)) is not None]
        if days != sorted(set(days)):
            raise BadInput(names[0], "Each of these must be later than the one before.")
