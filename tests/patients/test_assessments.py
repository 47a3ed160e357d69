from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from patients.errors import AlreadyCorrected, BadInput, NotFound, NotPermitted, Unlikely
from patients.instruments.items import items_of
from patients.instruments.reading import check_reading
from patients.models import Assessment, AuditEvent, Measurement
from patients.selectors import (
    assessment_for,
    assessments_of,
    full_assessment_days,
    last_domain_dates,
    latest_readings_for,
    series_of,
    versions_of,
)
from patients.services.assessments import correct_assessment, store_assessment
from tests.factories import AssessmentFactory, MeasurementFactory, PatientFactory
from tests.patients.readings import CK, FULL_VISIT, IBMFRS, MMT8, UNABLE_TO_RISE, WALK

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(nurse, patient, clinic_monday, at):
    def visit(*readings, **changes):
        values = {"assessed_on": clinic_monday, "rater": "R. Ames"} | changes
        return store_assessment(
            actor=nurse, patient=patient, readings=readings or FULL_VISIT, **values, at=at
        )

    return visit


@pytest.fixture
def correct(nurse, clinic_monday, at):
    def correct(assessment, *readings, **changes):
        values = {
            "assessed_on": clinic_monday,
            "rater": "R. Ames",
            "reason": "Typing error",
        } | changes
        return correct_assessment(
            actor=nurse, assessment=assessment, readings=readings or FULL_VISIT, **values, at=at
        )

    return correct


class TestStore:
    def test_a_visit_keeps_its_readings_in_order(self, visit, nurse, patient):
        visit(CK, MMT8, IBMFRS)

        [stored] = assessments_of(actor=nurse, patient=patient)
        assert [row.code for row in stored.measurements.all()] == ["CK", "MMT8", "IBMFRS"]
        ck = stored.measurements.all()[0]
        assert (ck.value, ck.unit, ck.upper_limit) == (Decimal(420), "U/L", Decimal(200))

    def test_the_unit_is_kept_as_it_was_written(self, visit):
        visit(CK, WALK)

        assert Measurement.objects.get(code="CK").original_unit == "IU/L"
        assert Measurement.objects.get(code="WALK_6_MIN").original_unit == ""

    def test_unable_is_not_zero(self, visit, patient):
        visit(UNABLE_TO_RISE)

        stored = Measurement.objects.get()
        assert (stored.state, stored.value) == ("UNABLE", None)
        latest = latest_readings_for(patient_ids=[patient.pk])[patient.pk]["TUG"]
        assert (latest.state, latest.value) == ("UNABLE", None)

    def test_a_raw_grade_is_kept_with_its_scale_muscle_and_side(self, visit):
        grade = check_reading(
            code="MMT_MUSCLE",
            grade="4+",
            scale="MRC_EXPANDED",
            muscle="QUADRICEPS",
            side="LEFT",
        )
        visit(grade)

        stored = Measurement.objects.get()
        assert (stored.grade, stored.value, stored.scale) == ("4+", None, "MRC_EXPANDED")
        assert (stored.muscle, stored.side) == ("QUADRICEPS", "LEFT")

    def test_the_patient_points_at_the_newest_visit(self, visit, patient, clinic_monday):
        newest = visit()
        visit(assessed_on=clinic_monday - timedelta(days=30))

        patient.refresh_from_db()
        assert patient.latest_assessment == newest

    def test_a_visit_without_readings_is_refused(self, nurse, patient, clinic_monday, at):
        with pytest.raises(BadInput) as refused:
            store_assessment(
                actor=nurse,
                patient=patient,
                assessed_on=clinic_monday,
                rater="R. Ames",
                readings=(),
                at=at,
            )

        assert refused.value.field == "measurements"

    def test_the_same_reading_twice_is_refused_where_it_stands(self, visit):
        with pytest.raises(BadInput) as refused:
            visit(MMT8, CK, MMT8)

        assert refused.value.field == "measurements.2.code"
        assert not Assessment.objects.exists()

    @pytest.mark.parametrize(
        ("whole", "part", "unit"),
        [
            (("BP_SYSTOLIC", "95"), ("BP_DIASTOLIC", "110"), "mmHg"),
            (("FALLS_30_D", "1"), ("FALLS_30_D_INJURY", "5"), None),
        ],
    )
    def test_two_values_that_cannot_both_be_right_are_refused_at_both(
        self, visit, whole, part, unit
    ):
        two = [
            check_reading(code=code, value=Decimal(value), unit=unit, confirmed=True)
            for code, value in (part, whole)
        ]

        with pytest.raises(BadInput) as refused:
            visit(MMT8, *two)

        assert set(refused.value.fields) == {"measurements.1.value", "measurements.2.value"}
        assert not Assessment.objects.exists()

    def test_an_unlikely_value_is_stored_when_it_is_confirmed(self, visit):
        heavy = {"code": "WEIGHT", "value": Decimal(165), "unit": "kg"}

        with pytest.raises(Unlikely) as asked:
            visit(MMT8, check_reading(**heavy))
        visit(MMT8, check_reading(**heavy, confirmed=True))

        assert list(asked.value.fields) == ["measurements.1.confirmed"]
        assert Measurement.objects.get(code="WEIGHT").confirmed
        assert not Measurement.objects.get(code="MMT8").confirmed
        assert AuditEvent.objects.get(event="ASSESSMENT_RECORDED").details["confirmed"] == [
            "WEIGHT"
        ]

    def test_a_jump_is_measured_from_the_last_value_up_to_that_day(self, visit, clinic_monday):
        low = check_reading(code="MMT8", value=Decimal(20))
        visit(MMT8, assessed_on=clinic_monday - timedelta(days=7))
        visit(low, assessed_on=clinic_monday - timedelta(days=14))

        with pytest.raises(Unlikely, match="unlikely") as asked:
            visit(low)

        assert asked.value.fields["measurements.0.confirmed"] == [
            "Strength, MMT8 of one side was 62 before and is 20 now. Please confirm."
        ]

    def test_a_total_that_is_not_the_sum_of_its_items_is_refused_where_it_stands(self, visit):
        items = [check_reading(code=item.code, value=Decimal(3)) for item in items_of("IBMFRS")]

        with pytest.raises(BadInput, match="add up to 30; 28 was given") as refused:
            visit(*items, IBMFRS)

        assert refused.value.field == "measurements.10.value"
        assert not Assessment.objects.exists()

    def test_an_endless_visit_is_refused(self, visit):
        with pytest.raises(BadInput, match="At most 200 measurements"):
            visit(*([MMT8] * 201))

    def test_both_hands_are_two_readings(self, visit):
        visit(
            *(
                check_reading(code="GRIP", value=Decimal(20), unit="kg", side=side)
                for side in ("LEFT", "RIGHT")
            )
        )

        assert Measurement.objects.count() == 2

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("assessed_on", date(1, 1, 1)),
            ("assessed_on", date(1958, 3, 13)),
            ("assessed_on", date(2026, 5, 6)),
            ("assessed_on", date(9999, 12, 31)),
            ("assessed_on", None),
            ("rater", ""),
            ("rater", "R\x00"),
            ("rater", "x" * 10_000),
            ("note", "\x00"),
            ("note", "x" * 1001),
        ],
    )
    def test_odd_values_are_refused_by_name(self, field, value, visit):
        with pytest.raises(BadInput) as refused:
            visit(**{field: value})

        assert list(refused.value.fields) == [field]
        assert not Assessment.objects.exists()

    @pytest.mark.parametrize("utc_hour", [5, 6, 7, 8])
    def test_a_visit_is_recorded_on_its_day_while_the_clocks_go_back(
        self, utc_hour, nurse, patient
    ):
        """In Chicago 01:30 comes twice on 1 November 2026; a day is a day in both."""
        day = date(2026, 11, 1)
        instant = datetime(2026, 11, 1, utc_hour, 30, tzinfo=UTC)

        stored = store_assessment(
            actor=nurse,
            patient=patient,
            assessed_on=day,
            rater="R. Ames",
            readings=FULL_VISIT,
            at=instant,
        )

        stored.refresh_from_db()
        assert (stored.assessed_on, stored.recorded_at) == (day, instant)

    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
    def test_the_day_of_a_visit_is_the_same_wherever_it_is_read(self, zone, visit, clinic_monday):
        stored = visit()

        with timezone.override(zone):
            stored.refresh_from_db()

        assert stored.assessed_on == clinic_monday

    def test_a_note_may_have_lines(self, visit):
        assert visit(note="Tired.\r\nSlept badly.").note == "Tired.\nSlept badly."

    @pytest.mark.parametrize("who", ["reader", "coordinator", "stranger"])
    def test_others_may_not(self, who, request, patient, clinic_monday, at):
        with pytest.raises(NotPermitted):
            store_assessment(
                actor=request.getfixturevalue(who),
                patient=patient,
                assessed_on=clinic_monday,
                rater="R. Ames",
                readings=FULL_VISIT,
                at=at,
            )


class TestCorrect:
    def test_the_new_version_counts_and_the_old_stays_readable(
        self, visit, correct, nurse, patient
    ):
        wrong = visit(MMT8)

        right = correct(wrong, IBMFRS)

        assert right.version == 2
        assert assessments_of(actor=nurse, patient=patient) == [right]
        assert assessment_for(actor=nurse, id=wrong.pk) == wrong
        assert versions_of(actor=nurse, assessment=right) == [wrong, right]
        assert versions_of(actor=nurse, assessment=wrong) == [wrong, right]
        assert set(latest_readings_for(patient_ids=[patient.pk])[patient.pk]) == {"IBMFRS"}

    def test_an_earlier_day_changes_which_visit_is_the_newest(
        self, visit, correct, patient, clinic_monday
    ):
        before = visit(assessed_on=clinic_monday - timedelta(days=7))
        wrong = visit()

        correct(wrong, assessed_on=clinic_monday - timedelta(days=70))

        patient.refresh_from_db()
        assert patient.latest_assessment == before

    def test_a_correction_is_not_held_against_the_value_it_corrects(self, visit, correct):
        wrong = visit(check_reading(code="MMT8", value=Decimal(20)))

        correct(wrong, MMT8)

        assert not Measurement.objects.get(assessment__corrects=wrong).confirmed

    def test_a_version_is_corrected_once_the_next_correction_is_of_the_next(
        self, visit, correct, nurse
    ):
        first = visit()
        second = correct(first)

        with pytest.raises(AlreadyCorrected):
            correct(first)
        third = correct(second)

        assert third.version == 3
        assert versions_of(actor=nurse, assessment=second) == [first, second, third]

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 301, "a\x00b", None])
    def test_a_correction_needs_its_reason(self, reason, visit, correct):
        wrong = visit()

        with pytest.raises(BadInput) as refused:
            correct(wrong, reason=reason)

        assert refused.value.field == "reason"
        assert Assessment.objects.count() == 1


class TestRead:
    def test_another_clinics_visit_is_not_there(self, visit, stranger, patient):
        stored = visit()

        assert assessments_of(actor=stranger, patient=patient) == []
        for unknown in (stored.pk, str(stored.pk), "nonsense", "\x00", ""):
            with pytest.raises(NotFound):
                assessment_for(actor=stranger, id=unknown)

    @pytest.mark.parametrize("patients", [1, 12])
    def test_newest_readings_of_a_page_come_in_one_query(
        self, patients, clinic, clinic_monday, django_assert_num_queries
    ):
        ids = [patient.pk for patient in PatientFactory.create_batch(patients, clinic=clinic)]
        for patient_id in ids:
            for weeks in (0, 4):
                day = clinic_monday - timedelta(weeks=weeks)
                visit = AssessmentFactory(patient_id=patient_id, patient=None, assessed_on=day)
                MeasurementFactory(assessment=visit, value=Decimal(60 - weeks))

        with django_assert_num_queries(1):
            found = latest_readings_for(patient_ids=ids, codes=("MMT8",))

        assert set(found) == set(ids)
        assert {reading["MMT8"].value for reading in found.values()} == {Decimal(60)}
        assert {reading["MMT8"].assessed_on for reading in found.values()} == {clinic_monday}

    def test_each_code_has_its_own_newest_day(self, visit, patient, clinic_monday):
        month_ago = clinic_monday - timedelta(days=28)
        visit(CK, MMT8, assessed_on=month_ago)
        visit(MMT8)

        found = latest_readings_for(patient_ids=[patient.pk])[patient.pk]

        assert found["CK"].assessed_on == month_ago
        assert found["MMT8"].assessed_on == clinic_monday

    def test_a_full_visit_holds_strength_function_and_ck(self, visit, patient, clinic_monday):
        month_ago = clinic_monday - timedelta(days=28)
        assert full_assessment_days(patient_ids=[patient.pk]).get(patient.pk) is None

        visit(*FULL_VISIT, assessed_on=month_ago)
        visit(MMT8, CK)

        assert full_assessment_days(patient_ids=[patient.pk]).get(patient.pk) == month_ago

    def test_an_attempt_that_failed_still_counts_as_looked_at(self, visit, patient, clinic_monday):
        visit(MMT8, UNABLE_TO_RISE, CK)

        assert full_assessment_days(patient_ids=[patient.pk]).get(patient.pk) == clinic_monday

    def test_a_corrected_visit_counts_as_it_now_stands(self, visit, correct, patient):
        full = visit()

        correct(full, MMT8)

        assert full_assessment_days(patient_ids=[patient.pk]).get(patient.pk) is None

    def test_the_last_days_of_each_domain(
        self, visit, patient, clinic_monday, django_assert_num_queries
    ):
        week, fortnight = (clinic_monday - timedelta(days=days) for days in (7, 14))
        visit(MMT8, CK, assessed_on=fortnight)
        visit(WALK, assessed_on=week)
        visit(CK)

        with django_assert_num_queries(1):
            found = last_domain_dates(patient=patient, on_or_before=week)

        assert found == (fortnight, week, fortnight)

    def test_a_series_is_in_time_order_and_keeps_unable(self, visit, patient, clinic_monday):
        walked = check_reading(code="TUG", value=Decimal("12.5"), unit="s")
        visit(UNABLE_TO_RISE)
        visit(walked, assessed_on=clinic_monday - timedelta(days=28))

        points = series_of(patient=patient, codes=("TUG",))

        assert [(point.value, point.state) for point in points] == [
            (Decimal("12.5"), ""),
            (None, "UNABLE"),
        ]
