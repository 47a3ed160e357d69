"""Mail that could not be delivered."""

from typing import TYPE_CHECKING

from django.urls import reverse

from notifications.policy import KIND_LABELS, Kind
from patients.access import Permission
from patients.clock import today_in
from patients.presenters import words
from tracker.dashboard.presenters.worklist.row import (
    REMINDER,
    Item,
    Link,
    Reader,
    person_or_team,
    phone_of,
)

if TYPE_CHECKING:
    from notifications.models import Reminder


def failed_row(reminder: "Reminder", reader: Reader) -> Item:
    patient = reminder.patient
    refused = bool(patient and patient.email_flagged_at)
    url = reverse("reminder", args=[reminder.pk])
    action = Link("See why", url)
    if refused and patient and Permission.EDIT_PATIENT in reader.may:
        action = Link("Correct address", reverse("patient-edit", args=[patient.pk]))
    kind = KIND_LABELS[Kind(reminder.kind)].lower()
    due_on = today_in(reader.zone, at=reminder.due_at)
    return Item(
        key=f"reminder-{reminder.pk}",
        kind=REMINDER,
        group="late",
        icon="mail-off",
        what=f"Mail not delivered: {kind}",
        since=f"was due {words.from_today(due_on, today=reader.today)}",
        action=action,
        links=(Link("Trace of this mail", url),),
        detail=tuple(filter(None, (_failure(reminder), phone_of(patient) if patient else ""))),
        order=(0, patient.family_name if patient else ""),
        person=person_or_team(patient, reader),
    )


def _failure(reminder: "Reminder") -> str:
    if reminder.patient and reminder.patient.email_flag_reason:
        why = reminder.patient.email_flag_reason.rstrip(".")
        return f"The mail to this address was refused ({why}). Correct the address or call."
    return reminder.outcome_note or "It is not known whether the mail arrived. Call."
