"""What surrounds every page: the clinic one works in, the person, light or dark."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from patients.access import actor_of
from patients.selectors import ClinicMembership, clinic_for, clinics_of
from patients.vocabulary import Role

if TYPE_CHECKING:
    from patients.models import Clinic

CLINIC_KEY = "clinic"
THEME_COOKIE = "theme"
THEMES = (("", "As the computer has it"), ("light", "Light"), ("dark", "Dark"))


@dataclass(frozen=True)
class FrameClinic:
    id: UUID
    name: str
    role: str


@dataclass(frozen=True)
class Theme:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Frame:
    person: str
    theme: str
    themes: tuple[Theme, ...]
    clinic: FrameClinic | None = None
    other_clinics: tuple[FrameClinic, ...] = ()


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor; asks the database only when a template prints the clinic."""
    return {"frame": SimpleLazyObject(lambda: frame_of(request))}


def frame_of(request: HttpRequest) -> Frame:
    theme = request.COOKIES.get(THEME_COOKIE, "")
    themes = tuple(Theme(value, label, chosen=value == theme) for value, label in THEMES)
    known = theme if theme in dict(THEMES) else ""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return Frame("", known, themes)
    present = current_membership(request)
    others = tuple(
        _clinic(each) for each in memberships(request) if present and each.id != present.id
    )
    return Frame(
        person=user.get_full_name() or user.get_username(),
        theme=known,
        themes=themes,
        clinic=_clinic(present) if present else None,
        other_clinics=others,
    )


def memberships(request: HttpRequest) -> tuple[ClinicMembership, ...]:
    """Return the person's clinics; asked once a request."""
    known: tuple[ClinicMembership, ...] | None = getattr(request, "clinic_memberships", None)
    if known is None:
        known = clinics_of(actor=request.user) if isinstance(request.user, User) else ()
        request.clinic_memberships = known  # type: ignore[attr-defined]
    return known


def current_membership(request: HttpRequest) -> ClinicMembership | None:
    """Return the clinic chosen in this session, else the first; None without any."""
    mine = memberships(request)
    chosen = request.session.get(CLINIC_KEY, "")
    return next((each for each in mine if str(each.id) == chosen), mine[0] if mine else None)


def working_clinic(request: HttpRequest) -> "Clinic":
    """Return the clinic one works in; who is a member of none is refused."""
    membership = current_membership(request)
    return clinic_for(actor=actor_of(request), id=membership.id if membership else None)


def _clinic(membership: ClinicMembership) -> FrameClinic:
    return FrameClinic(membership.id, membership.name, str(Role(membership.role).label).lower())
