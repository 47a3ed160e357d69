"""What else is known of a patient: never changed, only followed by a next version."""

from datetime import date, timedelta

import pytest

from patients.errors import AlreadyCorrected, BadInput, Conflict, NotPermitted
from patients.facts import CODES_OF, FactKind
from patients.models import KnownFact
from patients.selectors import facts_of, standing_facts
from patients.services import facts
from tapers.domain.record import Medicine, Test
from tests.factories import KnownFactFactory

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 5, 4)
MARCH = date(2026, 3, 2)
ALLOPURINOL = {"medicine": "ALLOPURINOL", "from_on": MARCH}
SOUND = {
    FactKind.MEDICINE: ALLOPURINOL,
    FactKind.TEST: {"test": "TPMT", "on": MARCH, "result": "INTERMEDIATE"},
    FactKind.FALL: {"on": MARCH, "injured": False},
    FactKind.INFECTION: {"infection": "PNEUMONIA", "from_on": MARCH},
    FactKind.CIRCUMSTANCE: {"circumstance": "REGULAR_ALCOHOL", "answer": "NO", "on": MARCH},
    FactKind.LOW_DOSE_REASON: {"text": "Beside methotrexate", "from_on": MARCH},
    FactKind.SICK_DAY_PLAN: {"text": "Call us.", "written_by": "Dr Hale", "on": MARCH},
    FactKind.FOLLOW_UP: {"item": "BONE", "on": MARCH, "note": "DXA ordered"},
}


@pytest.fixture
def record(nurse, patient, at):
    def stored(kind, **values):
        given = SOUND[kind] | values
        return facts.record_fact(actor=nurse, patient=patient, kind=kind, given=given, at=at)

    return stored


def test_the_words_are_those_the_rules_ask_for():
    assert set(CODES_OF[FactKind.MEDICINE]) == {*Medicine, "OTHER"}
    assert set(CODES_OF[FactKind.TEST]) == set(Test)


@pytest.mark.parametrize("kind", FactKind)
def test_each_kind_is_stored_with_who_and_when(kind, record, patient, nurse, at):
    record(kind)

    [row] = facts_of(patient=patient, kind=kind)
    assert (row.from_on, row.recorded_by, row.recorded_at, row.version) == (MARCH, nurse, at, 1)


def test_a_fall_of_which_nobody_knows_more_is_not_one_without_injury(record):
    assert record(FactKind.FALL, injured=None).answer == ""
    assert record(FactKind.FALL, injured=False).answer == "NO"


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (FactKind.MEDICINE, {"medicine": "ASPIRIN"}, "medicine"),
        (FactKind.MEDICINE, {"medicine": "OTHER"}, "name"),
        (FactKind.MEDICINE, {"until_on": MARCH}, "until_on"),
        (FactKind.MEDICINE, {"from_on": MONDAY + timedelta(days=2)}, "from_on"),
        (FactKind.MEDICINE, {"from_on": None}, "from_on"),
        (FactKind.MEDICINE, {"from_on": date(1, 1, 1)}, "from_on"),
        (FactKind.MEDICINE, {"name": "a\x00"}, "name"),
        (FactKind.MEDICINE, {"dose": "5 mg"}, "dose"),
        (FactKind.TEST, {"test": "CK"}, "test"),
        (FactKind.TEST, {"result": "NEGATIVE"}, "result"),
        (FactKind.TEST, {"test": "HBSAG", "result": "POOR"}, "result"),
        (FactKind.TEST, {"test": "ANTI_HBC", "result": "ABNORMAL"}, "result"),
        (FactKind.TEST, {"test": "HEPATITIS_B", "result": "NEGATIVE"}, "test"),
        (FactKind.TEST, {"test": "CHEST_FILM", "result": "NOT_CLEAR"}, "result"),
        (FactKind.TEST, {"test": "TPMT", "result": "NOT_CLEAR"}, "result"),
        (FactKind.FALL, {"injured": "yes"}, "injured"),
        (FactKind.INFECTION, {"infection": ""}, "infection"),
        (FactKind.CIRCUMSTANCE, {"answer": ""}, "answer"),
        (FactKind.CIRCUMSTANCE, {"answer": True}, "answer"),
        (FactKind.CIRCUMSTANCE, {"circumstance": "INFECTION_NOW", "answer": "YES"}, "answer"),
        (FactKind.LOW_DOSE_REASON, {"text": " "}, "text"),
        (FactKind.FOLLOW_UP, {"item": "TEETH"}, "item"),
        (FactKind.FOLLOW_UP, {"on": None}, "on"),
        (FactKind.SICK_DAY_PLAN, {"text": ""}, "text"),
        (FactKind.SICK_DAY_PLAN, {"text": "x" * 2001}, "text"),
        (FactKind.SICK_DAY_PLAN, {"written_by": ""}, "written_by"),
    ],
)
def test_what_cannot_be_is_refused_by_name(kind, values, field, record):
    with pytest.raises(BadInput) as refused:
        record(kind, **values)

    assert list(refused.value.fields) == [field]
    assert not KnownFact.objects.exists()


def test_a_hepatitis_b_of_before_may_stay_without_its_test_or_get_it(nurse, patient, at):
    unnamed = KnownFactFactory(
        patient=patient, kind="TEST", code="HEPATITIS_B", answer="POSITIVE", from_on=MARCH
    )
    given = {"test": "HEPATITIS_B", "on": MARCH, "result": "NEGATIVE"}

    still = facts.correct_fact(actor=nurse, fact=unnamed, given=given, reason="Misread", at=at)
    named = facts.correct_fact(
        actor=nurse, fact=still, given=given | {"test": "HBSAG"}, reason="Asked the lab", at=at
    )

    assert (still.code, still.answer, named.code) == ("HEPATITIS_B", "NEGATIVE", "HBSAG")
    with pytest.raises(BadInput) as refused:
        facts.correct_fact(actor=nurse, fact=named, given=given, reason="Not sure", at=at)
    assert list(refused.value.fields) == ["test"]


def test_what_is_missing_is_asked_for_by_name(nurse, patient, at):
    with pytest.raises(BadInput) as refused:
        facts.record_fact(
            actor=nurse, patient=patient, kind=FactKind.SICK_DAY_PLAN, given={}, at=at
        )

    assert set(refused.value.fields) == {"text", "written_by", "on"}


@pytest.mark.parametrize("who", ["reader", "coordinator", "stranger"])
def test_others_may_not(who, request, record, patient, at):
    actor, fact = request.getfixturevalue(who), record(FactKind.MEDICINE)
    attempts = (
        lambda: facts.record_fact(
            actor=actor, patient=patient, kind=FactKind.MEDICINE, given=ALLOPURINOL, at=at
        ),
        lambda: facts.end_fact(actor=actor, fact=fact, until_on=MONDAY, at=at),
        lambda: facts.correct_fact(actor=actor, fact=fact, given=ALLOPURINOL, reason="x", at=at),
        lambda: facts.mark_fact_in_error(actor=actor, fact=fact, reason="x", at=at),
    )

    for attempt in attempts:
        with pytest.raises(NotPermitted):
            attempt()

    assert KnownFact.objects.get() == fact


def test_an_end_is_a_next_version_and_the_first_stays(record, nurse, patient, at):
    first = record(FactKind.MEDICINE, note="for gout")

    ended = facts.end_fact(actor=nurse, fact=first, until_on=MONDAY, at=at)

    assert standing_facts(patient=patient) == [ended]
    assert (ended.version, ended.replaces, ended.until_on, ended.note) == (
        2,
        first,
        MONDAY,
        "for gout",
    )
    first.refresh_from_db()
    assert first.until_on is None


@pytest.mark.parametrize("until_on", [MARCH, date(2026, 1, 1)])
def test_nothing_ends_before_it_began(until_on, record, nurse, at):
    with pytest.raises(BadInput) as refused:
        facts.end_fact(actor=nurse, fact=record(FactKind.INFECTION), until_on=until_on, at=at)

    assert refused.value.field == "until_on"


def test_what_is_of_one_day_or_over_does_not_end(record, nurse, at):
    over = record(FactKind.INFECTION, until_on=MONDAY)

    for fact in (record(FactKind.FALL), over):
        with pytest.raises(Conflict):
            facts.end_fact(actor=nurse, fact=fact, until_on=MONDAY, at=at)


def test_a_correction_says_why_and_both_versions_stay(record, nurse, patient, at):
    wrong = record(FactKind.TEST)

    right = facts.correct_fact(
        actor=nurse,
        fact=wrong,
        given=SOUND[FactKind.TEST] | {"result": "POOR"},
        reason="Read off wrongly",
        at=at,
    )

    assert facts_of(patient=patient, kind=FactKind.TEST) == [right]
    every = facts_of(patient=patient, kind=FactKind.TEST, every_version=True)
    assert {(row.answer, row.reason) for row in every} == {
        ("INTERMEDIATE", ""),
        ("POOR", "Read off wrongly"),
    }


def test_a_reason_is_asked_for(record, nurse, at):
    fact = record(FactKind.FALL)

    with pytest.raises(BadInput) as refused:
        facts.mark_fact_in_error(actor=nurse, fact=fact, reason=" ", at=at)

    assert refused.value.field == "reason"


def test_only_the_newest_version_is_changed(record, nurse, at):
    first = record(FactKind.MEDICINE)
    facts.end_fact(actor=nurse, fact=first, until_on=MONDAY, at=at)

    with pytest.raises(AlreadyCorrected):
        facts.mark_fact_in_error(actor=nurse, fact=first, reason="Wrong patient", at=at)


def test_what_was_entered_in_error_counts_no_more_and_is_not_revived(record, nurse, patient, at):
    fact = record(FactKind.FALL)

    wrong = facts.mark_fact_in_error(actor=nurse, fact=fact, reason="Wrong patient", at=at)

    assert standing_facts(patient=patient) == []
    assert len(facts_of(patient=patient, kind=FactKind.FALL, every_version=True)) == 2
    with pytest.raises(Conflict):
        facts.correct_fact(
            actor=nurse, fact=wrong, given=SOUND[FactKind.FALL], reason="Right after all", at=at
        )


def test_none_and_a_list_of_some_contradict_each_other(record, nurse, at):
    none = {"circumstance": "OTHER_MEDICINES", "answer": "NO", "on": MONDAY}
    listed = record(FactKind.MEDICINE)

    with pytest.raises(BadInput) as refused:
        record(FactKind.CIRCUMSTANCE, **none)
    facts.end_fact(actor=nurse, fact=listed, until_on=MONDAY, at=at)
    record(FactKind.CIRCUMSTANCE, **none)

    assert refused.value.field == "answer"
