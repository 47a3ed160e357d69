"""Blood tests and the follow-up of what steroids do."""

from dataclasses import dataclass

from django.urls import reverse

from patients.access import Permission
from patients.presenters import words
from tapers.domain.checks import CheckKind
from tapers.domain.rules.words import results_text, upper_first
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


@dataclass(frozen=True)
class _Way:
    """How a check is spoken of, and where what it asks for is recorded."""

    key: str
    what: str
    with_it: str
    permission: Permission
    button: str
    page: str
    who_may: str


def blood_test_row(due: CheckDue, reader: Reader) -> Item:
    patient, check, way = due.patient, due.check, _way_of(due)
    return Item(
        key=f"{way.key}-{due.course_id}",
        kind=BLOOD_TEST,
        group="late",
        icon="late",
        what=way.what,
        since=f"due {words.from_today(check.due_on, today=reader.today)}",
        action=allowed(reader, way.permission, way.button, reverse(way.page, args=[patient.pk])),
        links=(Link("Doses and blood tests", reverse("sparing", args=[patient.pk])),),
        detail=(
            f"Due since {words.day(check.due_on)}, {way.with_it}. "
            f"{upper_first(results_text(check))}.",
            ELSEWHERE,
            phone_of(patient),
        ),
        why_not=why_not(reader, way.permission, way.who_may),
        order=(-due.days, patient.family_name),
        person=person_of(patient, reader.today),
    )


def _way_of(due: CheckDue) -> _Way:
    """The tests asked for once, before the first dose, are recorded as facts."""
    drug = due.course.agent.label.lower()
    if due.check.kind is CheckKind.SCREENING:
        return _Way(
            key="screening",
            what=f"Tests before {drug} overdue",
            with_it=f"before the first dose of {drug}",
            permission=Permission.RECORD_FACT,
            button="Record a test",
            page="test-new",
            who_may=CHECKS_BY,
        )
    return _Way(
        key="blood-test",
        what="Blood test overdue",
        with_it=f"with {drug}",
        permission=Permission.RECORD_ASSESSMENT,
        button="Record results",
        page="visit-new",
        who_may=VISITS_BY,
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
        detail=(f"{upper_first(names)}.", phone_of(patient)),
        why_not=why_not(reader, Permission.RECORD_FACT, CHECKS_BY),
        order=((first.due_on - waiting.on).days, patient.family_name),
        person=person_of(patient, waiting.on),
    )
