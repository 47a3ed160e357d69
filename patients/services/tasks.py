from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from patients import audit
from patients.access import Actor, Permission, check, user_of
from patients.errors import TaskAlreadyDone
from patients.models import Clinic, Patient, TeamTask
from patients.selectors.clinics import name_of
from patients.services import _values as values
from patients.vocabulary import Event, TaskKind


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
        raise TaskAlreadyDone(f"{_finisher(task)} has finished this task already.")
    return task


def close_tasks(*, actor: User, clinic: Clinic, key: str, note: str = "", at: datetime) -> None:
    """Finish what another change of *actor* has settled; nothing open is nothing to do.

    *note* is a sentence that says why, where what was done does not say it.
    """
    for task in TeamTask.objects.filter(clinic=clinic, key=key, done_at__isnull=True):
        _finish(actor, task, note=note[:500], at=at)


def close_calls(
    *, actor: Actor, patient: Patient, about: str, until: date, note: str, at: datetime
) -> int:
    """Finish the open tasks to call about a source's days up to *until*; return how many.

    An answer has made the calls needless, the patient's or one the team recorded; *note* says so.
    """
    waiting = TeamTask.objects.filter(
        patient=patient,
        kind=TaskKind.CALL_PATIENT,
        key__startswith=f"call:{about}:",
        done_at__isnull=True,
    )
    answered = [task for task in waiting if task.key.rpartition(":")[2] <= until.isoformat()]
    return sum(_finish(actor, task, note=note, by_answer=True, at=at) for task in answered)


def _finisher(task: TeamTask) -> str:
    task.refresh_from_db(fields=["done_by"])
    return name_of(task.done_by) if task.done_by else "An answer"


def _finish(
    actor: Actor, task: TeamTask, *, note: str, by_answer: bool = False, at: datetime
) -> bool:
    by = user_of(actor)
    won = TeamTask.objects.filter(pk=task.pk, done_at__isnull=True).update(
        done_at=at, done_by=by, done_note=note
    )
    if won:
        task.done_at, task.done_by, task.done_note = at, by, note
        audit.record(
            Event.TASK_DONE,
            patient=task.patient,
            clinic=task.clinic,
            actor=actor,
            at=at,
            subject=task,
            kind=task.kind,
            **({"settled_by": "ANSWER"} if by_answer else {}),
        )
    return bool(won)
