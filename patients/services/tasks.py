from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from patients import audit
from patients.access import Actor, Permission, check
from patients.errors import TaskAlreadyDone
from patients.models import Clinic, Patient, TeamTask
from patients.services import _values as values
from patients.vocabulary import Event


def open_task(
    *,
    clinic: Clinic,
    patient: Patient | None = None,
    kind: str,
    key: str,
    text: str,
    at: datetime,
    system: str = "",
    actor: Actor | None = None,
) -> TeamTask:
    """Ask a person of the team for something; the same key again returns the open task."""
    open_ones = TeamTask.objects.filter(clinic=clinic, key=key, done_at__isnull=True)
    if (task := open_ones.first()) is not None:
        return task
    try:
        with transaction.atomic():
            task = TeamTask.objects.create(
                clinic=clinic, patient=patient, kind=kind, key=key, text=text[:500], created_at=at
            )
            audit.record(
                Event.TASK_OPENED,
                patient=patient,
                clinic=clinic,
                actor=actor,
                system=system,
                at=at,
                subject=task,
                kind=kind,
            )
    except IntegrityError:  # another worker opened it in this moment
        return open_ones.get()
    return task


@transaction.atomic
def finish_task(*, actor: User, task: TeamTask, note: str = "", at: datetime) -> TeamTask:
    check(actor, Permission.DO_TASK, task.clinic)
    clean = values.checked({"note": note}, {"note": values.note(most=500)})
    if not _finish(actor, task, note=clean["note"], at=at):
        raise TaskAlreadyDone("Somebody has finished this task already.")
    return task


def close_tasks(*, actor: User, clinic: Clinic, key: str, at: datetime) -> None:
    """Finish what another change of *actor* has settled; nothing open is nothing to do."""
    for task in TeamTask.objects.filter(clinic=clinic, key=key, done_at__isnull=True):
        _finish(actor, task, note="", at=at)


def _finish(actor: User, task: TeamTask, *, note: str, at: datetime) -> bool:
    won = TeamTask.objects.filter(pk=task.pk, done_at__isnull=True).update(
        done_at=at, done_by=actor, done_note=note
    )
    if won:
        task.done_at, task.done_by, task.done_note = at, actor, note
        audit.record(
            Event.TASK_DONE,
            patient=task.patient,
            clinic=task.clinic,
            actor=actor,
            at=at,
            subject=task,
            kind=task.kind,
        )
    return bool(won)
