from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from patients.access import visible_patients
from patients.errors import NotFound
from patients.models import Clinic, Patient
from tapers.domain.states import RUNNING, Status
from tapers.models import Taper


def tapers_for(
    *,
    actor: User,
    patient: Patient | None = None,
    clinic: Clinic | None = None,
    status: str | None = None,
) -> QuerySet[Taper]:
    """Return visible tapers, newest first; what was discarded only when asked for by status."""
    rows = _visible(actor)
    if patient is not None:
        rows = rows.filter(patient=patient)
    if clinic is not None:
        rows = rows.filter(patient__clinic=clinic)
    if status is not None:
        return rows.filter(status=status)
    return rows.exclude(status=Status.ENTERED_IN_ERROR)


def tapers_in_error_of(*, actor: User, patient: Patient) -> QuerySet[Taper]:
    """Return the finished tapers that were entered in error: they count on no day."""
    rows = tapers_for(actor=actor, patient=patient, status=Status.ENTERED_IN_ERROR)
    return rows.filter(in_error_at__isnull=False)


def taper_for(*, actor: User, id: UUID | str) -> Taper:  # noqa: A002
    try:
        return _visible(actor).get(pk=id)
    except (Taper.DoesNotExist, ValidationError):
        raise NotFound("There is no such taper.") from None


def running_taper_of(*, patient: Patient) -> Taper | None:
    return Taper.objects.filter(patient=patient, status__in=list(RUNNING)).first()


def latest_taper_of(*, patient: Patient) -> Taper | None:
    """Return the running taper, else the one that ended last."""
    ended = (Status.COMPLETED, Status.REVOKED)
    rows = Taper.objects.filter(patient=patient, status__in=[*RUNNING, *ended])
    rows = rows.select_related("patient__clinic")
    running = rows.filter(status__in=list(RUNNING)).first()
    return running or rows.order_by("-ended_at").first()


def _visible(actor: User) -> QuerySet[Taper]:
    return (
        Taper.objects.filter(patient__in=visible_patients(actor=actor))
        .select_related("patient__clinic", "created_by", "activated_by", "in_error_by")
        .order_by("-created_at", "-id")
    )
