"""What steroids do to the rest of the body: recorded as done, counted from visits, due in time."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from patients.errors import BadInput, NotPermitted
from patients.facts import FactKind, FollowUpItem
from patients.models import AuditEvent
from patients.selectors.facts import facts_of
from patients.vocabulary import PatientStatus
from tapers.domain.states import Status
from tapers.domain.toxicity import Item, State, When
from tapers.selectors.side_by_side import side_by_side
from tapers.selectors.toxicity import follow_ups_due, shows_emergency_text
from tapers.services.facts import mark_fact_in_error
from tapers.services.follow_up import record_follow_ups
from tests.factories import (
    AssessmentFactory,
    MeasurementFactory,
    PatientFactory,
    SteroidExposureFactory,
)
from tests.factories_tapers import STARTS_ON, TaperFactory

LATER = timedelta(days=29)


def next_of(patient, at) -> dict[Item, tuple[When, State]]:
    found = side_by_side(patient=patient, at=at).follow_up
    return {each.item: (each.when, each.state) for each in found}


def test_the_words_are_those_of_the_domain():
    assert {each.value: str(each.label) for each in FollowUpItem} == {
        each.value: each.label for each in Item
    }


def test_on_the_first_day_of_a_taper_everything_is_due(nurse, taper, at):
    [waiting] = follow_ups_due(actor=nurse, at=at)

    assert waiting.patient == taper.patient
    assert {each.item for each in waiting.due} == set(Item)
    assert not waiting.is_overdue
    assert next_of(taper.patient, at) == dict.fromkeys(Item, (When.BASELINE, State.DUE))


def test_what_was_looked_at_is_stored_and_waits_no_more(nurse, taper, at):
    rows = record_follow_ups(
        actor=nurse, patient=taper.patient, items=["BONE", "EYES"], on=STARTS_ON, at=at
    )

    assert [row.code for row in rows] == ["BONE", "EYES"]
    assert AuditEvent.objects.filter(event="FACT_RECORDED", patient=taper.patient).count() == 2
    [waiting] = follow_ups_due(actor=nurse, at=at)
    assert {each.item for each in waiting.due} == set(Item) - {Item.BONE, Item.EYES}
    assert next_of(taper.patient, at)[Item.BONE] == (When.AFTER, State.NOT_DUE)


def test_what_was_entered_in_error_waits_again(nurse, taper, at):
    [row] = record_follow_ups(
        actor=nurse, patient=taper.patient, items=["EYES"], on=STARTS_ON, at=at
    )

    mark_fact_in_error(actor=nurse, fact=row, reason="Another patient", at=at)

    assert next_of(taper.patient, at)[Item.EYES] == (When.BASELINE, State.DUE)


def test_weight_with_pressure_and_hba1c_count_from_the_visit(nurse, taper, at):
    visit = AssessmentFactory(patient=taper.patient, assessed_on=STARTS_ON)
    for number, (code, unit) in enumerate(
        (("WEIGHT", "kg"), ("BP_SYSTOLIC", "mm[Hg]"), ("HBA1C", "%"))
    ):
        MeasurementFactory(
            assessment=visit, position=number, code=code, value=Decimal(60 + number), unit=unit
        )

    found = {each.item for each in follow_ups_due(actor=nurse, at=at)[0].due}

    assert not found & {Item.WEIGHT_AND_PRESSURE, Item.GLUCOSE}
    by_page = next_of(taper.patient, at)
    assert by_page[Item.WEIGHT_AND_PRESSURE][1] is by_page[Item.GLUCOSE][1] is State.NOT_DUE


def test_weight_alone_is_not_weight_and_pressure(nurse, taper, at):
    visit = AssessmentFactory(patient=taper.patient, assessed_on=STARTS_ON)
    MeasurementFactory(assessment=visit, code="WEIGHT", value=Decimal(70), unit="kg")

    [waiting] = follow_ups_due(actor=nurse, at=at)

    assert Item.WEIGHT_AND_PRESSURE in {each.item for each in waiting.due}


def test_after_28_days_it_is_overdue(nurse, taper, at):
    [on_the_last_day] = follow_ups_due(actor=nurse, at=at + timedelta(days=28))
    [waiting] = follow_ups_due(actor=nurse, at=at + LATER)

    assert not on_the_last_day.is_overdue
    assert waiting.is_overdue


@pytest.mark.parametrize(("days", "waits"), [(365 + 28, True), (365 + 29, False)])
def test_it_ends_a_year_after_the_last_tablet(nurse, patient, at, days, waits):
    zero = at.date() - timedelta(days=days)
    TaperFactory(
        patient=patient,
        status=Status.COMPLETED,
        running=True,
        starts_on=zero - timedelta(days=42),
        ended_on=zero,
        ended_by=nurse,
        ended_at=at - timedelta(days=days),
    )

    assert bool(follow_ups_due(actor=nurse, at=at)) is waits


@pytest.mark.parametrize("status", [PatientStatus.DIED, PatientStatus.TRANSFERRED])
def test_nobody_is_looked_after_who_is_no_longer_treated_here(nurse, taper, at, status):
    taper.patient.status = status
    taper.patient.save()

    assert follow_ups_due(actor=nurse, at=at) == ()


def test_another_clinic_is_told_nothing(stranger, taper, at):
    assert follow_ups_due(actor=stranger, at=at) == ()


def test_ten_patients_cost_no_more_queries_than_two(
    nurse, clinic, at, django_assert_max_num_queries
):
    for _ in range(10):
        TaperFactory(patient=PatientFactory(clinic=clinic), running=True)

    with django_assert_max_num_queries(7):
        assert len(follow_ups_due(actor=nurse, clinic=clinic, at=at)) == 10


@pytest.mark.parametrize(
    ("items", "on", "field"),
    [
        ([], STARTS_ON, "items"),
        (["BONE", "TEETH"], STARTS_ON, "item"),
        (["BONE", "EYES"], STARTS_ON + timedelta(days=2), "on"),
        (["EYES"], date(1, 1, 1), "on"),
    ],
)
def test_a_record_that_cannot_be_is_refused_whole(nurse, taper, at, items, on, field):
    with pytest.raises(BadInput) as refused:
        record_follow_ups(actor=nurse, patient=taper.patient, items=items, on=on, at=at)

    assert refused.value.field == field
    assert facts_of(patient=taper.patient, kind=FactKind.FOLLOW_UP) == []


def test_who_only_reads_records_nothing(reader, taper, at):
    with pytest.raises(NotPermitted):
        record_follow_ups(actor=reader, patient=taper.patient, items=["EYES"], on=STARTS_ON, at=at)


def test_the_emergency_text_stands_for_a_year_after_the_last_tablet(patient, at):
    ended_on = at.date() - timedelta(days=365)
    SteroidExposureFactory(
        patient=patient, started_on=ended_on - timedelta(days=100), ended_on=ended_on
    )

    assert shows_emergency_text(patient=patient, on=at.date())
    assert not shows_emergency_text(patient=patient, on=at.date() + timedelta(days=1))


def test_without_any_steroid_there_is_no_emergency_text(patient, at):
    assert not shows_emergency_text(patient=patient, on=at.date())
