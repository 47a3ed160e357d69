from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Count, QuerySet

from patients.access import visible_clinics
from patients.errors import NotFound
from patients.models import Clinic, TeamTask
from patients.selectors._ids import uuid_or_not_found
from patients.vocabulary import TaskKind

NO_TASK = "There is no such task in your clinics."


def open_tasks_for(*, actor: User, clinic: Clinic | None = None) -> QuerySet[TeamTask]:
    """Return what waits for a person, the oldest first."""
    rows = _visible(actor).filter(done_at__isnull=True)
    if clinic is not None:
        rows = rows.filter(clinic=clinic)
    return rows.order_by("created_at", "id")


def task_for(*, actor: User, id: UUID | str) -> TeamTask:  # noqa: A002
    task = _visible(actor).filter(pk=uuid_or_not_found(id, NO_TASK)).first()
    if task is None:
        raise NotFound(NO_TASK)
    return task


def open_tasks_by_kind() -> dict[str, int]:
    """Return how many tasks wait in all clinics together, with a 0 for what is settled."""
    counted = TeamTask.objects.filter(done_at__isnull=True).values_list("kind")
    numbers = counted.annotate(number=Count("id")).order_by()
    return {kind: 0 for kind in TaskKind.values} | dict(numbers)


def _visible(actor: User) -> QuerySet[TeamTask]:
    rows = TeamTask.objects.filter(clinic__in=visible_clinics(actor=actor))
    return rows.select_related("patient", "clinic")
