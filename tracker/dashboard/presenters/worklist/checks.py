"""Blood tests and the follow-up of what steroids do."""

from django.urls import reverse

from patients.access import Permission
from patients.presenters import words
from tapers.domain.checks import CheckKind
from tapers.domain.rules.words import results_text
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
ELSEWHERE = "It may have been done elsewhere: then it can be entered with its day."


def blood_test_row(due: CheckDue, reader: Reader) -> Item:
    patient, check = due.patient, due.check
    if check.kind is CheckKind.SCREENING:
        return _screening_row(due, reader)
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
            f"{_upper_first(results_text(check))}.",
            ELSEWHERE,
            phone_of(patient),
        ),
        why_not=why_not(reader, Permission.RECORD_ASSESSMENT, VISITS_BY),
        order=(-due.days, patient.family_name),
        person=person_of(patient, reader.today),
    )


def _screening_row(due: CheckDue, reader: Reader) -> Item:
    """The tests asked for once, before the first dose: they are recorded as facts."""
    patient, check = due.patient, due.check
    drug = due.course.agent.label.lower()
    return Item(
        key=f"screening-{due.course_id}",
        kind=BLOOD_TEST,
        group="late",
        icon="late",
        what=f"Tests before {drug} overdue",
        since=f"due {words.from_today(check.due_on, today=reader.today)}",
        action=allowed(
            reader,
            Permission.RECORD_FACT,
            "Record a test",
            reverse("test-new", args=[patient.pk]),
        ),
        links=(Link("Doses and blood tests", reverse("sparing", args=[patient.pk])),),
        detail=(
            f"Due since {words.day(check.due_on)}, before the first dose of {drug}. "
            f"{_upper_first(results_text(check))}.",
            ELSEWHERE,
            phone_of(patient),
        ),
        why_not=why_not(reader, Permission.RECORD_FACT, CHECKS_BY),
        order=(-due.days, patient.family_name),
        person=person_of(patient, reader.today),
    )


def _upper_first(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


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
