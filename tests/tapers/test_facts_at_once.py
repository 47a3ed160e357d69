"""Two people change one fact in the same moment: one wins, the other is told, nothing is lost."""

import json
from collections import Counter
from decimal import Decimal

import pytest
import time_machine

from patients.facts import LASTING, FactKind
from patients.models import AuditEvent, KnownFact, SteroidExposure
from patients.services import facts as below
from patients.vocabulary import Event
from tapers.models import Alert
from tapers.services import facts
from tapers.services.course_alerts import evaluate_course
from tests.api.known import KNOWN, TODAY
from tests.api.program import Program
from tests.factories import SteroidExposureFactory
from tests.tapers.story import may, morning_of
from tests.tapers.test_races import at_once, refusals

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CHANGES = ("correct", "end", "entered-in-error")
PAIRS = [
    ("correct", "correct"),
    ("correct", "end"),
    ("end", "end"),
    ("correct", "entered-in-error"),
    ("end", "entered-in-error"),
]
NOUNS = {kind: kind.value.lower().replace("_", "-") for kind in FactKind}
RACES = [
    pytest.param(kind, pair, id=f"{NOUNS[kind]}: {' and '.join(pair)}")
    for kind in FactKind
    for pair in PAIRS
    if kind in LASTING or "end" not in pair
]


@pytest.fixture
def today():
    """The clocks of the doors stand at ten o'clock of the clinic's Monday."""
    with time_machine.travel(morning_of(may(4)), tick=True):
        yield


def bodies_of(noun):
    return {
        "correct": KNOWN[noun] | {"reason": "Misread"},
        "end": {"until_on": TODAY},
        "entered-in-error": {"reason": "Wrong patient"},
    }


def assert_alerts_are_settled(patient, at):
    """What stands is what the rules say of the record: each once, and nothing new to raise."""
    standing = Alert.objects.filter(patient=patient, closed_at__isnull=True)
    told = Counter((row.code, row.episode, row.taper_id) for row in standing)

    assert set(told.values()) <= {1}
    assert evaluate_course(patient=patient, at=at) == ()


@pytest.mark.parametrize(("kind", "pair"), RACES)
def test_of_two_changes_of_a_fact_one_stands_and_the_other_is_named_it(
    today, nurse, patient, taper, kind, pair
):
    noun = NOUNS[kind]
    programs = Program(nurse), Program(nurse)
    path = f"patients/{patient.pk}/{noun}s"
    first = programs[0].post(path, KNOWN[noun]).json()
    bodies = bodies_of(noun)

    answers = at_once(
        *(
            lambda program=program, change=change: program.post(
                f"{path}/{first['id']}/{change}", bodies[change]
            )
            for program, change in zip(programs, pair, strict=True)
        )
    )

    won, lost = sorted(answers, key=lambda each: each.status_code)
    assert (won.status_code, lost.status_code) == (201, 409), json.dumps(lost.json())
    assert lost.json()["code"] == "ALREADY_CORRECTED"
    assert lost.json()["current"] == {"id": won.json()["id"], "version": 2}
    assert list(KnownFact.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    changed = AuditEvent.objects.filter(subject_id=won.json()["id"])
    assert changed.count() == 1
    assert_alerts_are_settled(patient, morning_of(may(4)))


def test_of_many_corrections_of_an_exposure_one_stands(today, nurse, patient, taper):
    wrong = SteroidExposureFactory(patient=patient, started_on=may(1))

    outcomes = at_once(
        *(
            lambda mg=mg: facts.correct_exposure(
                actor=nurse,
                exposure=wrong,
                drug="PREDNISONE",
                daily_mg=Decimal(mg),
                started_on=may(1),
                reason="Misread",
                at=morning_of(may(4)),
            )
            for mg in (20, 30, 40, 50)
        )
    )

    assert refusals(outcomes) == ["ALREADY_CORRECTED"] * 3
    [won] = [each for each in outcomes if isinstance(each, SteroidExposure)]
    assert {each.current.id for each in outcomes if each is not won} == {won.pk}
    assert SteroidExposure.objects.filter(replaces=wrong).count() == 1
    assert_alerts_are_settled(patient, morning_of(may(4)))


def test_different_facts_recorded_at_once_all_count_and_alert_once(today, nurse, patient, taper):
    """Falls of different days, and an infection; whoever comes last sees what the others stored."""
    given = [
        (FactKind.FALL, {"on": may(1), "injured": True}),
        (FactKind.FALL, {"on": may(2), "injured": None}),
        (FactKind.FALL, {"on": may(3), "injured": None}),
        (FactKind.INFECTION, {"infection": "URINARY", "from_on": may(3)}),
    ]

    outcomes = at_once(
        *(
            lambda kind=kind, row=row: facts.record_fact(
                actor=nurse, patient=patient, kind=kind, given=row, at=morning_of(may(4))
            )
            for kind, row in given
        )
    )

    assert refusals(outcomes) == []
    assert KnownFact.objects.count() == len(given)
    assert AuditEvent.objects.filter(event=Event.FACT_RECORDED).count() == len(given)
    assert_alerts_are_settled(patient, morning_of(may(4)))


def test_a_medicine_ended_while_all_others_are_denied_is_one_after_the_other(today, nurse, patient):
    """ "Takes no other medicine" holds only once the listed one has ended."""
    listed = below.record_fact(
        actor=nurse,
        patient=patient,
        kind=FactKind.MEDICINE,
        given={"medicine": "ALLOPURINOL", "from_on": may(1)},
        at=morning_of(may(4)),
    )

    def end():
        return facts.end_fact(actor=nurse, fact=listed, until_on=may(4), at=morning_of(may(4)))

    def deny():
        given = {"circumstance": "OTHER_MEDICINES", "answer": "NO", "on": may(4)}
        return facts.record_fact(
            actor=nurse,
            patient=patient,
            kind=FactKind.CIRCUMSTANCE,
            given=given,
            at=morning_of(may(4)),
        )

    ended, denied = at_once(end, deny)

    assert ended.until_on == may(4)
    assert refusals([ended, denied]) in ([], ["INVALID"])
    assert_alerts_are_settled(patient, morning_of(may(4)))
