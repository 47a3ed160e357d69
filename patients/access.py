"""Who may see and do what. The table is meant to be read by the clinic itself."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.request import Request

from patients.errors import NotAuthenticated, NotPermitted
from patients.models import Clinic, Membership, Patient
from patients.vocabulary import Role


class Permission(StrEnum):
    READ_RECORD = "READ_RECORD"
    EDIT_PATIENT = "EDIT_PATIENT"
    EDIT_CONSENT = "EDIT_CONSENT"
    EDIT_DIAGNOSIS = "EDIT_DIAGNOSIS"
    RECORD_ASSESSMENT = "RECORD_ASSESSMENT"
    RECORD_FACT = "RECORD_FACT"
    DRAFT_TAPER = "DRAFT_TAPER"
    ACTIVATE_TAPER = "ACTIVATE_TAPER"
    REVISE_TAPER = "REVISE_TAPER"
    HOLD_TAPER = "HOLD_TAPER"
    RESUME_TAPER = "RESUME_TAPER"
    STOP_TAPER = "STOP_TAPER"
    COMPLETE_TAPER = "COMPLETE_TAPER"
    MARK_TAPER_IN_ERROR = "MARK_TAPER_IN_ERROR"
    PRESCRIBE_SPARING = "PRESCRIBE_SPARING"
    RECORD_INFUSION = "RECORD_INFUSION"
    REPORT_STEP = "REPORT_STEP"
    REPORT_SYMPTOMS = "REPORT_SYMPTOMS"
    MARK_SYMPTOMS_IN_ERROR = "MARK_SYMPTOMS_IN_ERROR"
    LIFT_RED_FLAG = "LIFT_RED_FLAG"
    TAKE_ALERT = "TAKE_ALERT"
    ACKNOWLEDGE_ALERT = "ACKNOWLEDGE_ALERT"
    SIGN_RULES = "SIGN_RULES"
    RETRY_REMINDER = "RETRY_REMINDER"
    SEND_TEST = "SEND_TEST"
    DO_TASK = "DO_TASK"
    MANAGE_CLINIC = "MANAGE_CLINIC"


READING = frozenset({Permission.READ_RECORD})
OFFICE = READING | {
    Permission.EDIT_PATIENT,
    Permission.EDIT_CONSENT,
    Permission.RETRY_REMINDER,
    Permission.SEND_TEST,
    Permission.DO_TASK,
}
NURSING = OFFICE | {
    Permission.EDIT_DIAGNOSIS,
    Permission.RECORD_ASSESSMENT,
    Permission.RECORD_FACT,
    Permission.DRAFT_TAPER,
    Permission.HOLD_TAPER,
    Permission.RECORD_INFUSION,
    Permission.REPORT_STEP,
    Permission.REPORT_SYMPTOMS,
    Permission.MARK_SYMPTOMS_IN_ERROR,
    Permission.TAKE_ALERT,
}
PRESCRIBING = NURSING | {
    Permission.ACTIVATE_TAPER,
    Permission.REVISE_TAPER,
    Permission.RESUME_TAPER,
    Permission.STOP_TAPER,
    Permission.COMPLETE_TAPER,
    Permission.MARK_TAPER_IN_ERROR,
    Permission.PRESCRIBE_SPARING,
    Permission.LIFT_RED_FLAG,
    Permission.ACKNOWLEDGE_ALERT,
    Permission.SIGN_RULES,
}
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.READ_ONLY: READING,
    Role.COORDINATOR: OFFICE,
    Role.NURSE: NURSING,
    Role.PRESCRIBER: PRESCRIBING,
}
LEAD_PERMISSIONS = frozenset({Permission.MANAGE_CLINIC})
LINK_PERMISSIONS = frozenset(
    {Permission.REPORT_STEP, Permission.REPORT_SYMPTOMS, Permission.EDIT_CONSENT}
)

DOING: dict[Permission, str] = {
    Permission.READ_RECORD: "read this record",
    Permission.EDIT_PATIENT: "change a patient's details",
    Permission.EDIT_CONSENT: "record consent",
    Permission.EDIT_DIAGNOSIS: "record the diagnosis and earlier treatment",
    Permission.RECORD_ASSESSMENT: "record a visit",
    Permission.RECORD_FACT: "record what else is known of a patient",
    Permission.DRAFT_TAPER: "draft a taper",
    Permission.ACTIVATE_TAPER: "activate a taper",
    Permission.REVISE_TAPER: "revise a taper",
    Permission.HOLD_TAPER: "put a taper on hold",
    Permission.RESUME_TAPER: "resume a taper",
    Permission.STOP_TAPER: "stop a taper",
    Permission.COMPLETE_TAPER: "complete a taper",
    Permission.MARK_TAPER_IN_ERROR: "mark a taper as entered in error",
    Permission.PRESCRIBE_SPARING: "start, change or end a steroid-sparing drug",
    Permission.RECORD_INFUSION: "record an infusion",
    Permission.REPORT_STEP: "report a dose step",
    Permission.REPORT_SYMPTOMS: "report symptoms",
    Permission.MARK_SYMPTOMS_IN_ERROR: "mark symptoms as entered in error",
    Permission.LIFT_RED_FLAG: "lift a red flag",
    Permission.TAKE_ALERT: "take on an alert or hand it over",
    Permission.ACKNOWLEDGE_ALERT: "give the reason for an alert",
    Permission.SIGN_RULES: "sign the clinical rules",
    Permission.RETRY_REMINDER: "try a reminder again",
    Permission.SEND_TEST: "send a test mail",
    Permission.DO_TASK: "finish a task",
    Permission.MANAGE_CLINIC: "manage the clinic",
}


@dataclass(frozen=True)
class PatientByLink:
    """The patient, who came by the signed link of a mail; may act for nobody else.

    *reminder_id* is that mail's, so that the trail can tell which mail was answered.
    """

    patient_id: UUID
    reminder_id: UUID | None = None


Actor = User | PatientByLink


@dataclass(frozen=True)
class _Standing:
    """What one person may do in one clinic, and as what."""

    title: str
    permissions: frozenset[Permission]


def actor_of(request: HttpRequest | Request) -> User:
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        raise NotAuthenticated
    return user


def visible_clinics(*, actor: User) -> QuerySet[Clinic]:
    return Clinic.objects.filter(id__in=_memberships(actor).values("clinic_id"))


def visible_patients(*, actor: User) -> QuerySet[Patient]:
    return Patient.objects.filter(clinic_id__in=_memberships(actor).values("clinic_id"))


def permissions_of(actor: User, where: Patient | Clinic) -> frozenset[Permission]:
    """Return all that *actor* may do there, in one query; for pages with many buttons."""
    return _standing(actor, where).permissions


def can(actor: User, permission: Permission, where: Patient | Clinic) -> bool:
    return permission in permissions_of(actor, where)


def check(actor: Actor, permission: Permission, where: Patient | Clinic) -> None:
    if isinstance(actor, PatientByLink):
        _check_link(actor, permission, where)
        return
    standing = _standing(actor, where)
    if permission not in standing.permissions:
        raise NotPermitted(refusal(standing.title, permission))


def standing_of(actor: User) -> str:
    """Return a digest of all that decides what *actor* may see and do, to be compared later."""
    rows = _memberships(actor).order_by("clinic_id").values_list("clinic_id", "role", "is_lead")
    parts = [f"administrator {actor.is_superuser}", *(f"{row}" for row in rows)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def user_of(actor: Actor) -> User | None:
    """Return the member of the team; None for the patient, who is no user."""
    return actor if isinstance(actor, User) else None


def refusal(title: str, permission: Permission) -> str:
    return f"Your role here ({title}) may not {DOING[permission]}. {who_may(permission)} may."


def who_may(permission: Permission) -> str:
    """Name the roles in words: "A nurse or a prescriber"."""
    if permission in LEAD_PERMISSIONS:
        return "A lead of the clinic"
    if permission in READING:
        return "A member of the clinic"
    titles = [f"a {role.label.lower()}" for role in Role if permission in ROLE_PERMISSIONS[role]]
    *others, last = titles
    sentence = f"{', '.join(others)} or {last}" if others else last
    return sentence.capitalize()


def _check_link(by: PatientByLink, permission: Permission, where: Patient | Clinic) -> None:
    own = isinstance(where, Patient) and where.pk == by.patient_id
    if not own or permission not in LINK_PERMISSIONS:
        raise NotPermitted("This link is for one patient, and for what its page asks only.")


def _memberships(actor: User) -> QuerySet[Membership]:
    return Membership.objects.filter(user=actor, user__is_active=True, is_active=True)


def _standing(actor: User, where: Patient | Clinic) -> _Standing:
    membership = _memberships(actor).filter(clinic_id=_clinic_id(where)).first()
    lead = LEAD_PERMISSIONS if actor.is_superuser and actor.is_active else frozenset()
    if membership is None:
        return _Standing("administrator" if lead else "not a member", lead)
    role = Role(membership.role)
    if membership.is_lead:
        lead = LEAD_PERMISSIONS
    return _Standing(str(role.label).lower(), ROLE_PERMISSIONS[role] | lead)


def _clinic_id(where: Patient | Clinic) -> UUID:
    return where.clinic_id if isinstance(where, Patient) else where.id
