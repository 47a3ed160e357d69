"""Blood tests and the follow-up of what steroids do."""

from django.urls import reverse

from patients.access import Permission
from patients.presenters import words
from tapers.selectors.lab_checks import CheckDue
from tapers.selectors.toxicity import FollowUpsDue
from tracker.dashboard.presenters.worklist.row import (
    BLOOD_TEST,
    FOLLOW_UP,
    VISITS_BY,
    Item,
    Link,
    Reader,
    allowed,
    person_of,
    phone_of,
    why_not,
)

CHECKS_BY = "A nurse or a prescriber records checks."


def blood_test_row(due: CheckDue, reader: Reader) -> Item:
    patient, check = due.patient, due.check
    return Item(
        key=f"blood-test-{due.course_id}",
        kind=BLOOD_TEST,
        group="late",
        icon="late",
        what="Blood test overdue",
        since=f"due {words.from_today(check.due_on, today=reader.today)}",
        action=allowed(
            reader,
            Permission.RECORD_ASSESSMENT,
            "Record results",
            reverse("visit-new", args=[patient.pk]),
        ),
        links=(Link("Doses and blood tests", reverse("sparing", args=[patient.pk])),),
        detail=(
            f"Due since {words.day(check.due_on)}, with {due.course.agent.label.lower()}. "
            f"Missing: {', '.join(check.missing)}.",
            "It may have been done elsewhere: then it can be entered with its day.",
            phone_of(patient),
        ),
        why_not=why_not(reader, Permission.RECORD_ASSESSMENT, VISITS_BY),
        order=(-due.days, patient.family_name),
        person=person_of(patient, reader.today),
    )


def follow_up_row(waiting: FollowUpsDue, reader: Reader) -> Item:
    """One row a patient, however much is due."""
    patient, first = waiting.patient, waiting.due[0]
    names = ", ".join(each.item.label.lower() for each in waiting.due)
    overdue = waiting.is_overdue
    url = reverse("follow-up", args=[patient.pk])
    return Item(
        key=f"follow-up-{patient.pk}",
        kind=FOLLOW_UP,
        group="late" if overdue else "due",
        icon="late" if overdue else "calendar",
        what=f"Steroid follow-up {'overdue' if overdue else 'due'}: "
        f"{words.counted(len(waiting.due), 'check')}",
        since=f"due {words.from_today(first.due_on, today=waiting.on)}",
        action=allowed(reader, Permission.RECORD_FACT, "Record follow-up", url),
        detail=(f"{names[0].upper()}{names[1:]}.", phone_of(patient)),
        why_not=why_not(reader, Permission.RECORD_FACT, CHECKS_BY),
        order=((first.due_on - waiting.on).days, patient.family_name),
        person=person_of(patient, waiting.on),
    )
