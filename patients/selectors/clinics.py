from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib.auth.models import User

from patients.access import visible_clinics
from patients.errors import BadInput, NotFound, NotPermitted
from patients.models import Clinic, Membership, StockedTablet
from patients.selectors._ids import uuid_or_not_found
from patients.vocabulary import Role

NO_CLINIC = "There is no such clinic among yours."


@dataclass(frozen=True)
class ClinicMembership:
    """A clinic as one of its members sees it; `member` is the id of that membership."""

    id: UUID
    member: UUID
    name: str
    role: Role
    is_lead: bool
    time_zone: str


def clinics_of(*, actor: User) -> tuple[ClinicMembership, ...]:
    memberships = (
        Membership.objects.filter(user=actor, user__is_active=True, is_active=True)
        .select_related("clinic")
        .order_by("clinic__name", "clinic_id")
    )
    return tuple(
        ClinicMembership(
            id=membership.clinic.id,
            member=membership.id,
            name=membership.clinic.name,
            role=Role(membership.role),
            is_lead=membership.is_lead,
            time_zone=membership.clinic.time_zone,
        )
        for membership in memberships
    )


def only_clinic_of(*, actor: User) -> Clinic | None:
    """Return the one clinic somebody works in; None for somebody who works in several, or none.

    A long list that names one clinic is read in the order of an index; of several it is sorted.
    """
    clinics = visible_clinics(actor=actor)[:2]
    return clinics[0] if len(clinics) == 1 else None


def clinic_for(*, actor: User, id: UUID | str | None) -> Clinic:  # noqa: A002
    """Return one of the actor's clinics; without an id, the only one."""
    if id is not None:
        clinic = visible_clinics(actor=actor).filter(pk=uuid_or_not_found(id, NO_CLINIC)).first()
        if clinic is None:
            raise NotFound(NO_CLINIC, field="clinic")
        return clinic
    clinics = visible_clinics(actor=actor)[:2]
    if not clinics:
        raise NotPermitted("You are not a member of any clinic.")
    if len(clinics) > 1:
        raise BadInput("clinic", "You work in several clinics; say which one.")
    return clinics[0]


def members_for(*, actor: User, clinic: Clinic) -> list[Membership]:
    """Return who works in one of the actor's clinics now, by name."""
    rows = Membership.objects.filter(
        clinic=clinic, clinic__in=visible_clinics(actor=actor), is_active=True, user__is_active=True
    ).select_related("user")
    return sorted(rows, key=lambda each: (name_of(each.user).casefold(), str(each.pk)))


def member_for(*, actor: User, clinic: Clinic, id: UUID | str) -> Membership:  # noqa: A002
    """Return a member of that clinic, one of the actor's."""
    found = [each for each in members_for(actor=actor, clinic=clinic) if str(each.pk) == str(id)]
    if not found:
        raise NotFound("There is no such member in this clinic.", field="owner")
    return found[0]


def name_of(user: User) -> str:
    return user.get_full_name() or user.get_username()


def strengths_for(*, clinic: Clinic, drug: str) -> tuple[tuple[Decimal, bool], ...]:
    """Return the stocked strengths of a drug, largest first, each with whether it is scored."""
    return tuple(
        StockedTablet.objects.filter(clinic=clinic, drug=drug)
        .order_by("-strength_mg")
        .values_list("strength_mg", "scored")
    )


def stocked_drugs(*, clinic: Clinic) -> tuple[str, ...]:
    drugs = StockedTablet.objects.filter(clinic=clinic).order_by("drug")
    return tuple(drugs.values_list("drug", flat=True).distinct())


def addresses_for(
    *, clinic: Clinic, roles: Iterable[Role], leads_only: bool = False
) -> tuple[str, ...]:
    """Return the addresses of the team as it is now; nobody twice, nobody who has left."""
    members = Membership.objects.filter(
        clinic=clinic, role__in=tuple(roles), is_active=True, user__is_active=True
    ).exclude(user__email="")
    members = members.filter(is_lead=True) if leads_only else members
    found = members.order_by("user__email").values_list("user__email", flat=True)
    return tuple({address.casefold(): address for address in found}.values())


def address_of_member(*, clinic: Clinic, user_id: int) -> tuple[str, ...]:
    """Return the address of one member; none once the member has left."""
    members = Membership.objects.filter(
        clinic=clinic, user_id=user_id, is_active=True, user__is_active=True
    ).exclude(user__email="")
    return tuple(members.values_list("user__email", flat=True))
