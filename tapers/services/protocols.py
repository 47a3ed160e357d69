"""A lead changes what the clinic sets of the protocol; every change is a version of its own."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Permission, check
from patients.errors import BadInput
from patients.models import Clinic
from patients.services.clinics import change_clinic
from patients.vocabulary import Event
from tapers.domain.errors import OutOfRange
from tapers.domain.plan import WindowAppliesTo
from tapers.domain.protocol import LIMITS, Protocol
from tapers.errors import ProtocolChanged
from tapers.models import ClinicProtocol
from tapers.models.clinic_protocol import columns_of
from tapers.selectors.protocols import protocol_of, version_of
from tapers.services.revisions import words
from tapers.services.schedule import follow_the_clinic

NAMES = tuple(field.name for field in fields(Protocol))
WHOLE = frozenset(name for name in NAMES if isinstance(getattr(Protocol(), name), int))
HUNDREDTHS = Decimal("0.01")


def proposed_protocol(*, clinic: Clinic, changes: Mapping[str, object]) -> Protocol:
    """Return the protocol with the changes made; raise for every value outside its limits."""
    clean: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for name, value in changes.items():
        try:
            clean[name] = _checked(name, value)
        except (BadInput, OutOfRange) as fault:
            faults[name] = [fault.message]
    if faults:
        raise BadInput.of(faults)
    return replace(protocol_of(clinic), **clean)


@transaction.atomic
def change_protocol(
    *,
    actor: User,
    clinic: Clinic,
    changes: Mapping[str, object],
    reason: str,
    version: int,
    at: datetime,
) -> ClinicProtocol:
    """Store the next version; *version* is the one that was looked at.

    Visits and their reminders move at once, likewise when the leads are told of an alert. Other
    thresholds hold from the next reading of a course. Plans that run keep their window.
    """
    check(actor, Permission.MANAGE_CLINIC, clinic)
    reason = words("reason", reason)
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    if version != version_of(clinic):
        raise ProtocolChanged
    before = protocol_of(clinic)
    after = proposed_protocol(clinic=clinic, changes=changes)
    if after == before:
        raise BadInput(None, "Nothing differs from what is in force.")
    _keep_the_first(clinic, before)
    stored = ClinicProtocol.objects.create(
        clinic=clinic,
        version=version + 1,
        changed_at=at,
        changed_by=actor,
        reason=reason,
        **columns_of(after),
    )
    audit.record(
        Event.PROTOCOL_CHANGED,
        clinic=clinic,
        actor=actor,
        at=at,
        subject=stored,
        version=stored.version,
        changes=differences(before, after),
    )
    _let_follow(actor, clinic, before, after, at=at)
    return stored


def differences(before: Protocol, after: Protocol) -> dict[str, dict[str, str]]:
    """Return what differs, by name: the value before and after."""
    return {
        name: {"before": str(getattr(before, name)), "after": str(getattr(after, name))}
        for name in NAMES
        if getattr(before, name) != getattr(after, name)
    }


def _keep_the_first(clinic: Clinic, protocol: Protocol) -> None:
    """Before the first change there is no row: write down what was in force until now."""
    ClinicProtocol.objects.get_or_create(
        clinic=clinic,
        version=1,
        defaults={"changed_at": clinic.created_at, **columns_of(protocol)},
    )


def _let_follow(
    actor: User, clinic: Clinic, before: Protocol, after: Protocol, *, at: datetime
) -> None:
    if before.window_applies_to is not after.window_applies_to:
        changes = {"window_applies_to": after.window_applies_to.value}
        change_clinic(actor=actor, clinic=clinic, changes=changes, at=at)
    follow_the_clinic(clinic, at)


def _checked(name: str, value: object) -> Any:
    if name == "window_applies_to":
        if value not in set(WindowAppliesTo):
            raise BadInput(name, f"Give one of {', '.join(WindowAppliesTo)}.")
        return WindowAppliesTo(str(value))
    if name not in LIMITS:
        raise BadInput(name, "There is no such setting.")
    low, high, unit = LIMITS[name]
    number = _number(name, value)
    if not low <= number <= high:
        raise OutOfRange(name, low, high, unit)
    if number != number.quantize(HUNDREDTHS):
        raise BadInput(name, "Give at most 2 digits after the decimal point.")
    if name not in WHOLE:
        return number
    if number != number.to_integral_value():
        raise BadInput(name, f"Give whole {unit} from {low} to {high}.")
    return int(number)


def _number(name: str, value: object) -> Decimal:
    number = Decimal(value) if isinstance(value, int | Decimal) else Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite():
        low, high, unit = LIMITS[name]
        raise BadInput(name, f"Give a number from {low} to {high} {unit}.")
    return number
