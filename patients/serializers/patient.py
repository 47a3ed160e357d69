from typing import Any

from rest_framework import serializers

from patients.models import Patient
from patients.serializers.fields import (
    DayField,
    IdField,
    InstantField,
    NumberField,
    TextField,
    WholeNumberField,
    WordField,
    json_day,
    json_instant,
)
from patients.serializers.strict import StrictSerializer
from patients.vocabulary import Language, PatientStatus, Sex

READ_ONLY = frozenset(
    {
        "id",
        "code",
        "created_at",
        "email_verified_at",
        "current_daily_mg",
        "next_step",
        "latest_mmt",
        "latest_function",
        "latest_ck",
        "next_assessment_due_on",
        "open_alerts",
    }
)


class PatientChangesSerializer(StrictSerializer):
    """What of a patient can be changed. Lengths and contents are the service's business."""

    ignored = READ_ONLY

    clinic = IdField(
        required=False, allow_null=True, help_text="The patient's own: nobody is moved."
    )
    record_number = TextField()
    given_name = TextField()
    family_name = TextField()
    birth_date = DayField()
    sex = WordField(Sex.values)
    email = TextField(required=False, allow_blank=True, allow_null=True)
    phone = TextField(required=False, allow_blank=True, allow_null=True)
    time_zone = TextField(required=False, help_text="IANA; without it the clinic's.")
    language = WordField(Language.values, required=False)
    status = WordField(PatientStatus.values, required=False)

    def validate_email(self, value: str | None) -> str:
        return value or ""

    def validate_phone(self, value: str | None) -> str:
        return value or ""


class NewPatientSerializer(PatientChangesSerializer):
    clinic = IdField(required=False, allow_null=True, help_text="Optional for a member of one.")


class PatientsQuery(StrictSerializer):
    clinic = IdField(required=False)
    status = WordField(PatientStatus.values, required=False)
    search = TextField(required=False, allow_blank=True, max_length=80)


class NextStepSerializer(serializers.Serializer[Any]):
    number = WholeNumberField()
    starts_on = DayField()
    daily_mg = NumberField()


class LatestSerializer(serializers.Serializer[Any]):
    value = NumberField(help_text="As last measured; what could not be done later stays a visit.")
    unit = serializers.CharField()
    assessed_on = DayField()


class PatientSerializer(serializers.Serializer[Any]):
    """A patient as lists and pages show one; the doses and results are those of now."""

    id = IdField()
    clinic = IdField()
    code = serializers.CharField()
    record_number = serializers.CharField()
    given_name = serializers.CharField()
    family_name = serializers.CharField()
    birth_date = DayField()
    sex = WordField(Sex.values)
    email = serializers.CharField()
    phone = serializers.CharField()
    time_zone = serializers.CharField()
    language = WordField(Language.values)
    status = WordField(PatientStatus.values)
    created_at = InstantField()
    email_verified_at = InstantField(allow_null=True)
    current_daily_mg = NumberField(allow_null=True, help_text="Of the drug that is taken.")
    next_step = NextStepSerializer(allow_null=True)
    latest_mmt = LatestSerializer(allow_null=True)
    latest_function = LatestSerializer(allow_null=True)
    latest_ck = LatestSerializer(allow_null=True)
    next_assessment_due_on = DayField(allow_null=True)
    open_alerts = WholeNumberField(help_text="How many wait for an acknowledgement.")


def patient_json(patient: Patient) -> dict[str, Any]:
    """What stands in the patient's own row; the rest is added by who knows of tapers."""
    return {
        "id": str(patient.id),
        "clinic": str(patient.clinic_id),
        "code": patient.code,
        "record_number": patient.record_number,
        "given_name": patient.given_name,
        "family_name": patient.family_name,
        "birth_date": patient.birth_date.isoformat(),
        "sex": patient.sex,
        "email": patient.email,
        "phone": patient.phone,
        "time_zone": patient.time_zone,
        "language": patient.language,
        "status": patient.status,
        "created_at": json_instant(patient.created_at),
        "email_verified_at": json_instant(patient.email_verified_at),
        "next_assessment_due_on": json_day(patient.next_assessment_due_on),
    }
