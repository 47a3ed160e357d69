"""What must never be stored is refused by the database itself, whatever gets past the services."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from tests.factories import (
    BEFORE_THE_STORY,
    AssessmentFactory,
    ClinicFactory,
    ConsentFactory,
    DiagnosisFactory,
    KnownFactFactory,
    MeasurementFactory,
    MembershipFactory,
    PatientFactory,
    SteroidExposureFactory,
    StockedTabletFactory,
    TeamTaskFactory,
    UserFactory,
    VisitDraftFactory,
    VisitSetMeasureFactory,
)

pytestmark = pytest.mark.django_db

THEN = BEFORE_THE_STORY
DAY = THEN.date()
NUMBER = {"value": None, "grade": "", "state": ""}

REFUSED = [
    ("patient_birth_date_from_1900", PatientFactory, {"birth_date": date(1899, 12, 31)}),
    ("patient_status_is_known", PatientFactory, {"status": "GONE"}),
    ("patient_sex_is_known", PatientFactory, {"sex": "X"}),
    ("patient_has_a_name_and_number", PatientFactory, {"family_name": ""}),
    ("patient_has_a_name_and_number", PatientFactory, {"record_number": ""}),
    ("patient_email_flag_has_its_reason", PatientFactory, {"email_flagged_at": THEN}),
    ("patient_email_flag_has_its_reason", PatientFactory, {"email_flag_reason": "550"}),
    ("patient_pause_has_its_reason", PatientFactory, {"reminders_paused_at": THEN}),
    ("patient_verified_email_exists", PatientFactory, {"email": ""}),
    ("membership_role_is_known", MembershipFactory, {"role": "OWNER"}),
    ("stocked_tablet_strength_in_range", StockedTabletFactory, {"strength_mg": Decimal(0)}),
    ("stocked_tablet_strength_in_range", StockedTabletFactory, {"strength_mg": Decimal(-5)}),
    ("stocked_tablet_strength_in_range", StockedTabletFactory, {"strength_mg": Decimal(1001)}),
    ("consent_withdrawal_is_whole", ConsentFactory, {"withdrawn_at": THEN}),
    ("consent_withdrawal_is_whole", ConsentFactory, {"withdrawn_on": DAY}),
    ("consent_words_are_known", ConsentFactory, {"channel": "PIGEON"}),
    ("consent_words_are_known", ConsentFactory, {"content": "EVERYTHING"}),
    (
        "diagnosis_words_are_known",
        DiagnosisFactory,
        {"biopsy": "MAYBE", "biopsy_on": None, "rimmed_vacuoles": None},
    ),
    ("diagnosis_day_only_when_confirmed", DiagnosisFactory, {"status": "SUSPECTED"}),
    ("diagnosis_biopsy_facts_need_a_biopsy", DiagnosisFactory, {"biopsy": "NOT_DONE"}),
    ("exposure_daily_mg_in_range", SteroidExposureFactory, {"daily_mg": Decimal(-5)}),
    ("exposure_daily_mg_in_range", SteroidExposureFactory, {"daily_mg": Decimal("1000.001")}),
    (
        "exposure_alternate_mg_in_range",
        SteroidExposureFactory,
        {"alternate_daily_mg": Decimal(-1)},
    ),
    (
        "exposure_ends_after_it_starts",
        SteroidExposureFactory,
        {"started_on": DAY, "ended_on": DAY},
    ),
    ("exposure_first_version_is_recorded", SteroidExposureFactory, {"version": 2}),
    ("exposure_correction_has_a_reason", SteroidExposureFactory, {"reason": "nothing before"}),
    ("fact_first_version_is_recorded", KnownFactFactory, {"version": 2}),
    ("fact_first_version_is_recorded", KnownFactFactory, {"change": "ENDED"}),
    ("fact_correction_has_a_reason", KnownFactFactory, {"reason": "nothing before"}),
    ("fact_words_are_known", KnownFactFactory, {"kind": "RUMOUR"}),
    ("fact_words_are_known", KnownFactFactory, {"answer": "MAYBE"}),
    ("fact_ends_after_it_begins", KnownFactFactory, {"until_on": DAY}),
    (
        "fact_ends_after_it_begins",
        KnownFactFactory,
        {"kind": "MEDICINE", "from_on": DAY, "until_on": DAY},
    ),
    ("fact_sick_day_plan_is_signed", KnownFactFactory, {"kind": "SICK_DAY_PLAN"}),
    ("assessment_correction_has_a_reason", AssessmentFactory, {"reason": "no version before"}),
    ("assessment_correction_has_a_reason", AssessmentFactory, {"version": 2}),
    ("measurement_is_a_finding", MeasurementFactory, NUMBER),
    ("measurement_is_a_finding", MeasurementFactory, {"state": "UNABLE"}),
    ("measurement_is_a_finding", MeasurementFactory, {"state": "UNWILLING", "value": None}),
    ("measurement_value_in_range", MeasurementFactory, {"value": Decimal("1000000.001")}),
    ("measurement_value_in_range", MeasurementFactory, {"value": Decimal("-1000000.001")}),
    ("measurement_upper_limit_in_range", MeasurementFactory, {"upper_limit": Decimal(0)}),
    ("measurement_lower_limit_in_range", MeasurementFactory, {"lower_limit": Decimal(-1)}),
    (
        "measurement_of_cells_has_a_lower_limit",
        MeasurementFactory,
        {"code": "PLATELETS", "value": Decimal(210)},
    ),
    ("measurement_converted_from_a_unit", MeasurementFactory, {"given_value": Decimal(7)}),
    ("measurement_converted_from_a_unit", MeasurementFactory, {"given_upper_limit": Decimal(5)}),
    ("measurement_hours_since_dose_in_range", MeasurementFactory, {"hours_since_dose": 1001}),
    ("visit_set_kind_is_known", VisitSetMeasureFactory, {"kind": "HOLIDAY"}),
    ("visit_draft_kind_is_known", VisitDraftFactory, {"kind": "HOLIDAY"}),
    ("task_kind_is_known", TeamTaskFactory, {"kind": "PARTY"}),
    ("task_done_by_somebody", TeamTaskFactory, {"done_at": THEN}),
]


@pytest.mark.parametrize(
    ("constraint", "make", "values"),
    REFUSED,
    ids=[f"{name}-{'-'.join(values)}" for name, _, values in REFUSED],
)
def test_the_database_refuses(constraint, make, values):
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        make(**values)


def test_a_correction_without_a_reason_is_refused():
    first = AssessmentFactory()

    with pytest.raises(DatabaseError, match="assessment_correction_has_a_reason"):
        AssessmentFactory(patient=first.patient, corrects=first, version=2)


class TestOnceOnly:
    def refuses(self, make, **values):
        make(**values)
        with pytest.raises(DatabaseError, match=r"(?i)unique"), transaction.atomic():
            make(**values)

    def test_a_record_number_in_a_clinic(self):
        self.refuses(PatientFactory, clinic=ClinicFactory(), record_number="A-1")

    def test_a_patient_code_in_a_clinic(self):
        self.refuses(PatientFactory, clinic=ClinicFactory(), code="TL-0001")

    def test_the_same_record_number_in_two_clinics_is_two_patients(self):
        PatientFactory(record_number="A-1")
        PatientFactory(record_number="A-1")

    def test_a_membership(self):
        self.refuses(MembershipFactory, clinic=ClinicFactory(), user=UserFactory())

    def test_a_stocked_strength(self):
        self.refuses(StockedTabletFactory, clinic=ClinicFactory())

    def test_a_standing_consent(self):
        self.refuses(ConsentFactory, patient=PatientFactory())

    def test_a_new_consent_beside_a_withdrawn_one_is_fine(self):
        patient = PatientFactory()
        withdrawn = {"withdrawn_on": DAY, "withdrawn_at": THEN, "withdrawn_by": UserFactory()}
        ConsentFactory(patient=patient, **withdrawn)
        ConsentFactory(patient=patient, **withdrawn)

        ConsentFactory(patient=patient)

    def test_an_open_task_of_a_key(self):
        self.refuses(TeamTaskFactory, clinic=ClinicFactory(), key="call")

    def test_a_reading_in_a_visit(self):
        visit = AssessmentFactory()
        MeasurementFactory(assessment=visit, position=0, code="MMT8")

        with pytest.raises(DatabaseError, match=r"(?i)unique"), transaction.atomic():
            MeasurementFactory(assessment=visit, position=1, code="MMT8")

    def test_a_measure_in_a_clinics_visit_set(self):
        self.refuses(VisitSetMeasureFactory, clinic=ClinicFactory(), position=3, code="CK")

    def test_a_draft_of_a_person_about_a_patient(self):
        self.refuses(VisitDraftFactory, patient=PatientFactory(), kept_by=UserFactory())

    def test_a_next_version_of_a_fact(self):
        fact = KnownFactFactory()
        second = {"replaces": fact, "version": 2, "change": "CORRECTED", "reason": "typo"}
        self.refuses(KnownFactFactory, patient=fact.patient, **second)

    def test_a_next_version_of_a_steroid_course(self):
        course = SteroidExposureFactory()
        second = {"replaces": course, "version": 2, "change": "CORRECTED", "reason": "typo"}
        self.refuses(SteroidExposureFactory, patient=course.patient, **second)

    def test_a_correction_of_a_visit(self):
        visit = AssessmentFactory()
        second = {"patient": visit.patient, "corrects": visit, "version": 2, "reason": "typo"}
        self.refuses(AssessmentFactory, **second)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (StockedTabletFactory, "strength_mg"),
        (SteroidExposureFactory, "daily_mg"),
        (SteroidExposureFactory, "alternate_daily_mg"),
        (MeasurementFactory, "value"),
        (MeasurementFactory, "upper_limit"),
    ],
    ids=lambda part: part if isinstance(part, str) else part._meta.model.__name__,
)
class TestNotANumber:
    def test_the_models_cannot_store_it(self, make, field):
        with pytest.raises(ValidationError):
            make(**{field: Decimal("NaN")})

    @pytest.mark.postgres
    @pytest.mark.parametrize("text", ["NaN", "Infinity"])
    def test_sql_cannot_store_it_either(self, make, field, text):
        row = make()
        table = row._meta.db_table

        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE {table} SET {field} = %s", [text])


@pytest.mark.parametrize("related", ["patient", "clinic", "user"])
def test_nobody_with_a_history_is_deleted(related):
    membership = MembershipFactory()
    patient = PatientFactory(clinic=membership.clinic)
    AssessmentFactory(patient=patient)
    row = {"patient": patient, "clinic": membership.clinic, "user": membership.user}[related]

    with pytest.raises(DatabaseError):
        row.delete()
