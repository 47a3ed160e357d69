"""When the next visit falls due, and who is reminded of it until when."""

from datetime import timedelta

import pytest

from notifications.models import Reminder
from patients.models import Assessment
from tapers.services.assessments import correct_assessment, record_assessment
from tapers.services.plans import complete_taper, start_taper
from tests.factories import AssessmentFactory
from tests.patients.readings import CK, FULL_VISIT, IBMFRS, MMT8
from tests.tapers.story import FORTY_MG, REASONS, june, may, morning_of

pytestmark = pytest.mark.django_db


def visits(patient):
    """The mails of the due day and of the first overdue one; the rungs are another test's."""
    return sorted(
        (row.local_date, row.kind, row.audience)
        for row in Reminder.objects.filter(
            source=f"monitoring:{patient.pk}",
            kind__startswith="ASSESSMENT",
            status="SCHEDULED",
            withdrawn_at=None,
        )
    )


def recorded(nurse, patient, day, readings=FULL_VISIT):
    return record_assessment(
        actor=nurse,
        patient=patient,
        assessed_on=day,
        rater="R. Ames",
        readings=readings,
        at=morning_of(day),
    )


def due_on(patient):
    patient.refresh_from_db()
    return patient.next_assessment_due_on


def test_without_any_visit_one_is_due_on_the_day_the_taper_starts(taper, patient):
    assert due_on(patient) == may(4)
    assert visits(patient) == [
        (june(2), "ASSESSMENT_OVERDUE", "NURSES"),
        (june(2), "ASSESSMENT_OVERDUE", "PATIENT"),
    ]


def test_a_full_visit_moves_the_next_one_to_day_28_and_overdue_to_day_57(nurse, taper, patient):
    day = may(6)

    recorded(nurse, patient, day)

    assert due_on(patient) == day + timedelta(days=28)
    assert visits(patient) == [
        (day + timedelta(days=28), "ASSESSMENT_DUE", "NURSES"),
        (day + timedelta(days=28), "ASSESSMENT_DUE", "PATIENT"),
        (day + timedelta(days=57), "ASSESSMENT_OVERDUE", "NURSES"),
        (day + timedelta(days=57), "ASSESSMENT_OVERDUE", "PATIENT"),
    ]


@pytest.mark.parametrize("readings", [(MMT8, IBMFRS), (CK,), (MMT8, CK)])
def test_a_visit_that_leaves_a_domain_out_moves_nothing(nurse, taper, patient, readings):
    recorded(nurse, patient, may(6), readings)

    assert due_on(patient) == may(4)


def test_a_correction_moves_the_next_visit_too(nurse, taper, patient):
    wrong = recorded(nurse, patient, may(6))

    correct_assessment(
        actor=nurse,
        assessment=wrong,
        assessed_on=may(5),
        rater="R. Ames",
        readings=FULL_VISIT,
        reason="Wrong day",
        at=morning_of(may(7)),
    )

    assert due_on(patient) == may(5) + timedelta(days=28)
    assert Assessment.objects.count() == 2


def test_without_a_taper_the_day_is_kept_but_nobody_is_reminded(nurse, patient):
    recorded(nurse, patient, may(6))

    assert due_on(patient) == may(6) + timedelta(days=28)
    assert visits(patient) == []


def test_starting_a_taper_counts_from_the_last_full_visit(prescriber, patient, at):
    AssessmentFactory(patient=patient, assessed_on=may(1), full=True)

    start_taper(actor=prescriber, patient=patient, proposal=FORTY_MG, reasons=REASONS, at=at)

    assert due_on(patient) == may(29)


def test_nurses_are_reminded_on_the_clinic_s_clock_and_the_patient_on_theirs(
    prescriber, patient, at
):
    patient.time_zone = "Asia/Tokyo"
    patient.save(update_fields=["time_zone"])

    start_taper(actor=prescriber, patient=patient, proposal=FORTY_MG, reasons=REASONS, at=at)

    rows = Reminder.objects.filter(kind="ASSESSMENT_OVERDUE")
    assert dict(rows.values_list("audience", "time_zone")) == {
        "PATIENT": "Asia/Tokyo",
        "NURSES": "America/Chicago",
    }


def test_a_year_after_the_last_dose_nobody_is_reminded_any_more(prescriber, nurse, taper, patient):
    complete_taper(actor=prescriber, taper=taper, on=june(15), at=morning_of(june(15)))

    last = june(15) + timedelta(days=365)
    recorded(nurse, patient, last - timedelta(days=30))

    assert {day for day, _, _ in visits(patient)} == {last - timedelta(days=2)}


def test_recording_the_same_again_changes_no_mail(nurse, taper, patient):
    recorded(nurse, patient, may(6))
    before = visits(patient), Reminder.objects.count()

    recorded(nurse, patient, may(6), (MMT8, IBMFRS))

    assert (visits(patient), Reminder.objects.count()) == before
