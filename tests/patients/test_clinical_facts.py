from datetime import date, timedelta
from decimal import Decimal

import pytest

from patients.errors import BadInput, NotPermitted
from patients.models import Diagnosis, SteroidExposure
from patients.selectors import (
    clinical_snapshot,
    current_exposure,
    current_exposures_for,
    diagnosis_of,
    exposure_days_before,
    exposures_of,
)
from patients.services.diagnosis import record_diagnosis
from patients.services.exposure import record_exposure
from tests.factories import (
    AssessmentFactory,
    DiagnosisFactory,
    PatientFactory,
    SteroidExposureFactory,
)

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 5, 4)


def days_before(days):
    return MONDAY - timedelta(days=days)


class TestDiagnosis:
    def test_the_newest_holds_and_the_older_stays(self, nurse, patient, at):
        record_diagnosis(actor=nurse, patient=patient, status="SUSPECTED", biopsy="NOT_DONE", at=at)
        newest = record_diagnosis(
            actor=nurse,
            patient=patient,
            status="CONFIRMED",
            biopsy="DONE",
            confirmed_on=MONDAY,
            biopsy_on=days_before(10),
            rimmed_vacuoles=True,
            endomysial_inflammation=False,
            at=at + timedelta(hours=1),
        )

        assert diagnosis_of(patient=patient) == newest
        assert Diagnosis.objects.count() == 2

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"status": "MAYBE"}, "status"),
            ({"biopsy": None}, "biopsy"),
            ({"kind": "PM"}, "kind"),
            ({"status": "SUSPECTED", "confirmed_on": MONDAY}, "confirmed_on"),
            ({"biopsy": "NOT_DONE", "biopsy_on": MONDAY}, "biopsy_on"),
            ({"biopsy": "UNKNOWN", "rimmed_vacuoles": False}, "rimmed_vacuoles"),
            ({"rimmed_vacuoles": "yes"}, "rimmed_vacuoles"),
            ({"confirmed_on": date(9999, 12, 31)}, "confirmed_on"),
            ({"biopsy_on": date(1, 1, 1)}, "biopsy_on"),
            ({"note": "\x00"}, "note"),
        ],
    )
    def test_contradictions_are_refused_by_name(self, values, field, nurse, patient, at):
        sound = {"status": "CONFIRMED", "biopsy": "DONE"}

        with pytest.raises(BadInput) as refused:
            record_diagnosis(actor=nurse, patient=patient, **sound | values, at=at)

        assert list(refused.value.fields) == [field]
        assert not Diagnosis.objects.exists()

    @pytest.mark.parametrize("who", ["reader", "coordinator", "stranger"])
    def test_others_may_not(self, who, request, patient, at):
        actor = request.getfixturevalue(who)

        with pytest.raises(NotPermitted):
            record_diagnosis(
                actor=actor, patient=patient, status="SUSPECTED", biopsy="UNKNOWN", at=at
            )


class TestRecordExposure:
    def test_an_unknown_start_stays_unknown(self, nurse, patient, at):
        exposure = record_exposure(
            actor=nurse, patient=patient, drug="prednisone", daily_mg=Decimal("12.5"), at=at
        )

        exposure.refresh_from_db()
        assert (exposure.drug, exposure.started_on) == ("PREDNISONE", None)
        assert exposures_of(patient=patient) == [exposure]

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"daily_mg": Decimal(-5)}, "daily_mg"),
            ({"daily_mg": Decimal("NaN")}, "daily_mg"),
            ({"daily_mg": Decimal("Infinity")}, "daily_mg"),
            ({"daily_mg": Decimal("1e400")}, "daily_mg"),
            ({"daily_mg": Decimal("1000.001")}, "daily_mg"),
            ({"daily_mg": Decimal("0.0001")}, "daily_mg"),
            ({"daily_mg": True}, "daily_mg"),
            ({"daily_mg": "5"}, "daily_mg"),
            ({"daily_mg": 12.5}, "daily_mg"),
            ({"alternate_daily_mg": Decimal(-1)}, "alternate_daily_mg"),
            ({"drug": ""}, "drug"),
            ({"drug": "pred nisone"}, "drug"),
            ({"drug": "X" * 33}, "drug"),
            ({"started_on": date(1899, 1, 1)}, "started_on"),
            ({"started_on": date(9999, 12, 31)}, "started_on"),
            ({"started_on": MONDAY, "ended_on": MONDAY}, "ended_on"),
        ],
    )
    def test_odd_values_are_refused_by_name(self, values, field, nurse, patient, at):
        sound = {"drug": "PREDNISONE", "daily_mg": Decimal(40)}

        with pytest.raises(BadInput) as refused:
            record_exposure(actor=nurse, patient=patient, **sound | values, at=at)

        assert list(refused.value.fields) == [field]
        assert not SteroidExposure.objects.exists()


class TestExposureDays:
    def exposed(self, patient, started=None, ended=None, mg=40):
        return SteroidExposureFactory(
            patient=patient,
            started_on=None if started is None else days_before(started),
            ended_on=None if ended is None else days_before(ended),
            daily_mg=Decimal(mg),
        )

    @pytest.mark.parametrize(
        ("courses", "days"),
        [
            ([], None),
            ([(100, None)], 100),
            ([(None, None)], None),
            ([(100, 50)], None),  # ended before: no course runs up to the day
            ([(100, 0)], 100),  # runs up to the very day
            ([(100, 50), (50, None)], 100),  # one course follows the other
            ([(100, 50), (49, None)], 49),  # a day without lies between
            ([(200, 100), (150, 40), (60, None)], 200),  # overlapping courses
            ([(None, 50), (50, None)], None),  # the first one's start is not known
            ([(None, 51), (50, None)], 50),  # but that one does not touch
            ([(100, None), (30, None)], 100),
            ([(0, None)], None),  # begins on the day itself: nothing before
        ],
    )
    def test_days_without_a_gap_up_to_the_day(self, courses, days, patient):
        for started, ended in courses:
            self.exposed(patient, started, ended)

        assert exposure_days_before(patient=patient, on=MONDAY) == days

    def test_a_course_of_zero_milligrams_is_none(self, patient):
        self.exposed(patient, 100, 50)
        self.exposed(patient, 50, None, mg=0)

        assert exposure_days_before(patient=patient, on=MONDAY) is None

    def test_the_course_of_the_day_is_the_latest_started(self, patient):
        self.exposed(patient)
        current = self.exposed(patient, 30)
        self.exposed(patient, 60, 30)

        assert current_exposure(patient=patient, on=MONDAY) == current
        assert current_exposure(patient=patient, on=days_before(31)).started_on == days_before(60)

    def test_a_page_of_patients_is_one_query(self, clinic, django_assert_num_queries):
        patients = PatientFactory.create_batch(4, clinic=clinic)
        for patient in patients:
            self.exposed(patient, 30)

        with django_assert_num_queries(1):
            found = current_exposures_for(patient_ids=[p.pk for p in patients], on=MONDAY)

        assert set(found) == {patient.pk for patient in patients}


class TestSnapshot:
    def test_of_a_patient_of_whom_nothing_is_known(self, patient):
        snapshot = clinical_snapshot(patient=patient, on=MONDAY)

        assert snapshot.biopsy_recorded is False
        assert snapshot.confirmed_on is None
        assert snapshot.exposure_days is None
        assert snapshot.last_mmt_on is None

    def test_of_a_patient_in_treatment(self, patient):
        DiagnosisFactory(patient=patient, confirmed_on=days_before(45))
        SteroidExposureFactory(patient=patient, started_on=days_before(180))
        AssessmentFactory(patient=patient, assessed_on=days_before(10), full=True)
        AssessmentFactory(patient=patient, assessed_on=MONDAY + timedelta(days=1), full=True)

        snapshot = clinical_snapshot(patient=patient, on=MONDAY)

        assert snapshot.biopsy_recorded is True
        assert snapshot.confirmed_on == days_before(45)
        assert snapshot.exposure_days == 180
        assert snapshot.last_mmt_on == snapshot.last_function_on == snapshot.last_ck_on
        assert snapshot.last_ck_on == days_before(10)
