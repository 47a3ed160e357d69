from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Permission, check
from patients.errors import AlreadyMember, BadInput, NotPermitted
from patients.models import Clinic, Membership, StockedTablet
from patients.models.clinic import MAX_TABLET_MG
from patients.services import _values as values
from patients.vocabulary import Event, Role, WindowAppliesTo

MAX_STRENGTHS = 20
STRENGTH = values.amount(least=Decimal("0.01"), most=MAX_TABLET_MG, places=2, unit="mg")


def validate_clinic(given: Mapping[str, object]) -> dict[str, Any]:
    """Return the values as they are stored; raise BadInput with every field at fault."""
    checks: dict[str, values.Check] = {
        "name": values.name(most=120),
        "time_zone": values.time_zone,
        "country": _country,
        "phone": values.phone,
        "window_applies_to": values.one_of(WindowAppliesTo),
    }
    return values.checked(given, checks)


def validate_drug(drug: str) -> str:
    """Return the drug's code in upper case; which codes exist is known to the app above."""
    code: str = values.checked({"drug": drug}, {"drug": values.code})["drug"]
    return code


@transaction.atomic
def create_clinic(
    *,
    actor: User,
    name: str,
    time_zone: str,
    country: str = "US",
    phone: str = "",
    window_applies_to: str = WindowAppliesTo.TOTAL,
    at: datetime,
) -> Clinic:
    """Open a clinic; only an administrator of the installation may."""
    if not (actor.is_active and actor.is_superuser):
        raise NotPermitted("Only an administrator of this installation may open a clinic.")
    clean = validate_clinic(
        {
            "name": name,
            "time_zone": time_zone,
            "country": country,
            "phone": phone,
            "window_applies_to": window_applies_to,
        }
    )
    clinic = Clinic.objects.create(created_at=at, **clean)
    audit.record(Event.CLINIC_CREATED, clinic=clinic, actor=actor, at=at, subject=clinic)
    return clinic


@transaction.atomic
def change_clinic(
    *, actor: User, clinic: Clinic, changes: Mapping[str, object], at: datetime
) -> Clinic:
    check(actor, Permission.MANAGE_CLINIC, clinic)
    clean = validate_clinic(changes)
    for field, value in clean.items():
        setattr(clinic, field, value)
    clinic.save(update_fields=list(clean))
    audit.record(Event.CLINIC_CHANGED, clinic=clinic, actor=actor, at=at, subject=clinic, **clean)
    return clinic


@transaction.atomic
def add_member(
    *, actor: User, clinic: Clinic, user: User, role: str, is_lead: bool = False, at: datetime
) -> Membership:
    check(actor, Permission.MANAGE_CLINIC, clinic)
    values.checked({"role": role}, {"role": values.one_of(Role)})
    membership, is_new = Membership.objects.get_or_create(
        clinic=clinic, user=user, defaults={"role": role, "is_lead": is_lead}
    )
    if not is_new:
        raise AlreadyMember("This person is already a member of the clinic.", field="user")
    audit.record(
        Event.MEMBER_ADDED,
        clinic=clinic,
        actor=actor,
        at=at,
        subject=membership,
        role=role,
        is_lead=is_lead,
    )
    return membership


@transaction.atomic
def change_member(
    *,
    actor: User,
    membership: Membership,
    role: str,
    is_lead: bool,
    is_active: bool,
    at: datetime,
) -> Membership:
    """Give a member another role, or end the membership (*is_active* False)."""
    check(actor, Permission.MANAGE_CLINIC, membership.clinic)
    values.checked({"role": role}, {"role": values.one_of(Role)})
    membership.role, membership.is_lead, membership.is_active = role, is_lead, is_active
    membership.save(update_fields=["role", "is_lead", "is_active"])
    audit.record(
        Event.CLINIC_CHANGED,
        clinic=membership.clinic,
        actor=actor,
        at=at,
        subject=membership,
        role=role,
        is_lead=is_lead,
        is_active=is_active,
    )
    return membership


@transaction.atomic
def stock_tablets(
    *,
    actor: User,
    clinic: Clinic,
    drug: str,
    strengths: Sequence[tuple[Decimal, bool]],
    at: datetime,
) -> tuple[StockedTablet, ...]:
    """Say which strengths of a drug the clinic hands out, each with whether it is scored."""
    check(actor, Permission.MANAGE_CLINIC, clinic)
    drug_code = validate_drug(drug)
    scored_by_strength = _strengths(strengths)
    StockedTablet.objects.filter(clinic=clinic, drug=drug_code).delete()
    tablets = StockedTablet.objects.bulk_create(
        StockedTablet(clinic=clinic, drug=drug_code, strength_mg=mg, scored=scored)
        for mg, scored in sorted(scored_by_strength.items(), reverse=True)
    )
    audit.record(
        Event.CLINIC_CHANGED,
        clinic=clinic,
        actor=actor,
        at=at,
        subject=clinic,
        drug=drug_code,
        strengths_mg=[tablet.strength_mg for tablet in tablets],
    )
    return tuple(tablets)


def _strengths(strengths: Sequence[tuple[Decimal, bool]]) -> dict[Decimal, bool]:
    if len(strengths) > MAX_STRENGTHS:
        raise BadInput("strengths", f"At most {MAX_STRENGTHS} strengths of one drug.")
    clean: dict[Decimal, bool] = {}
    for position, (mg, scored) in enumerate(strengths):
        field = f"strengths.{position}"
        strength = values.checked({field: mg}, {field: STRENGTH})[field]
        if strength in clean:
            raise BadInput(field, "This strength is named twice.")
        clean[strength] = scored
    return clean


def _country(value: object) -> str:
    if isinstance(value, str) and len(value) == 2 and value.isascii() and value.isupper():
        return value
    raise values.Unfit("This is a country code of two letters, such as US.")
