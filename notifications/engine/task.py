"""What the engine asks of a person when it can do no more itself."""

from datetime import datetime

from notifications.engine.move import SYSTEM
from notifications.models import Reminder
from notifications.policy import AUDIENCE_LABELS, TOO_LATE_KEY, Audience, kind_label
from patients.models import TeamTask
from patients.services.tasks import open_task
from patients.vocabulary import TaskKind


def ask_for_help(row: Reminder, kind: TaskKind, why: str, *, at: datetime) -> TeamTask:
    """Open the task that a given-up reminder waits on."""
    whom = row.patient.code if row.patient and row.audience == Audience.PATIENT else "the team"
    what = kind_label(row.kind, row.context).lower()
    text = f"A reminder to {whom} could not be delivered ({what}). {why} Try again, or call."
    return _open(row, kind, key=f"reminder:{row.pk}", text=text, at=at)


def nobody_to_remind(row: Reminder, *, at: datetime) -> TeamTask:
    """Open the task that the clinic names somebody; one for each role, whatever was to be said."""
    role = AUDIENCE_LABELS[Audience(row.audience)].lower()
    return open_task(
        clinic=row.clinic,
        kind=TaskKind.NOBODY_TO_REMIND,
        key=f"nobody:{row.audience}",
        text=f"Nobody of the role '{role}' has an e-mail address. Reminders to them fail.",
        at=at,
        system=SYSTEM,
    )


def ask_to_call(row: Reminder, *, at: datetime) -> TeamTask:
    """Open the task that goes with the mail to the team: the patient has not answered."""
    what = kind_label(row.kind, row.context)
    day = row.context.get("step_date") or row.context.get("due_on") or row.local_date.isoformat()
    text = f"{what} ({day}). Call the patient and note the answer."
    key = f"call:{row.source}:{row.kind}:{day}"
    return _open(row, TaskKind.CALL_PATIENT, key=key, text=text, at=at)


def note_what_came_too_late(row: Reminder, *, at: datetime) -> None:
    """Open one task a clinic, not one a mail: after an outage there may be hundreds."""
    open_task(
        clinic=row.clinic,
        kind=TaskKind.OTHER,
        key=TOO_LATE_KEY,
        text="Some reminders could not be sent in time. See those marked 'too late' and call.",
        at=at,
        system=SYSTEM,
    )


def note_whom_the_team_mail_missed(row: Reminder, *, at: datetime) -> None:
    open_task(
        clinic=row.clinic,
        kind=TaskKind.CORRECT_ADDRESS,
        key="team-address",
        text="Mail to a member of the team is refused. See the reminder log, correct the address.",
        at=at,
        system=SYSTEM,
    )


def _open(row: Reminder, kind: TaskKind, *, key: str, text: str, at: datetime) -> TeamTask:
    return open_task(
        clinic=row.clinic,
        patient=row.patient,
        kind=kind,
        key=key,
        text=text,
        at=at,
        system=SYSTEM,
    )
