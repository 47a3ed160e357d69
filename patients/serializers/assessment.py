from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from patients.instruments.errors import BadReading
from patients.instruments.mmt import Muscle, Scale, Side
from patients.instruments.reading import (
    MAX_HOURS_SINCE_DOSE,
    Reading,
    State,
    check_reading,
)
from patients.instruments.totals import with_totals
from patients.models import Assessment, Measurement
from patients.serializers.fields import (
    DayField,
    FewField,
    IdField,
    InstantField,
    NumberField,
    TextField,
    WholeNumberField,
    WordField,
    YesNoField,
    json_day,
    json_instant,
    json_number_or_none,
    number_in,
)
from patients.serializers.strict import StrictSerializer

MAX_MEASUREMENTS = 200
MAX_GRADE = 8
FAR_OUT = Decimal(10**9)  # outside every range, yet safe to reckon with
VALUE = {"oneOf": [{"type": "number"}, {"type": "string", "maxLength": MAX_GRADE}]}


@extend_schema_field(VALUE)
class MeasuredValueField(serializers.Field[Decimal | str, Any, Any, Any]):
    """A number, or the raw grade of a muscle as text; what is allowed, the measure says."""

    default_error_messages = {"invalid": "Give a number, or for a muscle its grade."}

    def to_internal_value(self, data: Any) -> Decimal | str:
        number = number_in(data)
        if number is not None:
            return max(-FAR_OUT, min(number, FAR_OUT))
        if not isinstance(data, str) or len(data) > MAX_GRADE:
            self.fail("invalid")
        return data


class MeasurementSerializer(StrictSerializer):
    code = TextField(max_length=40)
    value = MeasuredValueField(required=False, allow_null=True)
    unit = TextField(
        max_length=24,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="Only a score or a count may come without.",
    )
    upper_limit = NumberField(
        required=False,
        allow_null=True,
        help_text="The laboratory's own upper limit, with CK, ALT and AST; in the unit given.",
    )
    lower_limit = NumberField(
        required=False,
        allow_null=True,
        help_text="The laboratory's own lower limit, with counts of blood cells.",
    )
    hours_since_dose = WholeNumberField(
        high=MAX_HOURS_SINCE_DOSE,
        unit="hours",
        required=False,
        allow_null=True,
        help_text="From the last dose of steroid to the sample; with morning cortisol.",
    )
    takes_oral_oestrogen = YesNoField(
        required=False, allow_null=True, help_text="With morning cortisol."
    )
    confirmed = YesNoField(
        required=False,
        allow_null=True,
        help_text="True: the value is right although it is unlikely (after a 409 UNLIKELY).",
    )
    scale = WordField(Scale, required=False, allow_null=True)
    side = WordField(Side, required=False, allow_null=True)
    muscle = WordField(Muscle, required=False, allow_null=True)
    state = WordField(State, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"reading": _reading(attrs)}
        except BadReading as refusal:
            field = "value" if refusal.field == "grade" else refusal.field
            raise serializers.ValidationError({field: [refusal.message]}) from refusal


def _reading(given: Mapping[str, Any]) -> Reading:
    value = given.get("value")
    return check_reading(
        code=given["code"],
        value=value if isinstance(value, Decimal) else None,
        grade=value if isinstance(value, str) else None,
        unit=given.get("unit"),
        upper_limit=given.get("upper_limit"),
        lower_limit=given.get("lower_limit"),
        hours_since_dose=given.get("hours_since_dose"),
        takes_oral_oestrogen=given.get("takes_oral_oestrogen"),
        scale=given.get("scale"),
        side=given.get("side"),
        muscle=given.get("muscle"),
        state=given.get("state"),
        confirmed=bool(given.get("confirmed")),
    )


class NewAssessmentSerializer(StrictSerializer):
    assessed_on = DayField()
    rater = TextField(max_length=80)
    note = TextField(max_length=1000, required=False, default="", allow_blank=True)
    measurements = FewField(
        child=MeasurementSerializer(),
        allow_empty=False,
        most=MAX_MEASUREMENTS,
        help_text="IBMFRS, EAT-10 and MMT8 are added where all their parts are given and they are "
        "not; a total that differs from the sum of its parts is refused.",
    )


class CorrectionSerializer(NewAssessmentSerializer):
    reason = TextField(max_length=300)


class MeasurementReadSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    value = serializers.JSONField(allow_null=True, help_text="A number, or a raw grade.")
    unit = serializers.CharField()
    upper_limit = NumberField(allow_null=True)
    lower_limit = NumberField(allow_null=True)
    original_unit = serializers.CharField(
        allow_null=True, help_text="The unit as it was written, where that was another."
    )
    given_value = NumberField(
        allow_null=True, help_text="What was written in that unit, where it was converted."
    )
    given_upper_limit = NumberField(allow_null=True)
    hours_since_dose = WholeNumberField(allow_null=True)
    takes_oral_oestrogen = YesNoField(allow_null=True)
    confirmed = YesNoField(help_text="Unlikely, and confirmed by who recorded it.")
    scale = WordField(Scale, allow_null=True)
    side = WordField(Side, allow_null=True)
    muscle = WordField(Muscle, allow_null=True)
    state = WordField(State, allow_null=True)


class AssessmentSerializer(serializers.Serializer[Any]):
    """The dated record of one visit; a correction is a new version of it."""

    id = IdField()
    patient = IdField()
    assessed_on = DayField()
    rater = serializers.CharField()
    note = serializers.CharField()
    version = WholeNumberField()
    corrects = IdField(allow_null=True)
    reason = serializers.CharField(help_text="Of a correction.")
    recorded_at = InstantField()
    measurements = MeasurementReadSerializer(many=True)


def readings_of(given: Mapping[str, Any]) -> tuple[Reading, ...]:
    return with_totals([each["reading"] for each in given["measurements"]])


def assessment_json(assessment: Assessment) -> dict[str, Any]:
    measurements = sorted(assessment.measurements.all(), key=lambda each: each.position)
    return {
        "id": str(assessment.id),
        "patient": str(assessment.patient_id),
        "assessed_on": json_day(assessment.assessed_on),
        "rater": assessment.rater,
        "note": assessment.note,
        "version": assessment.version,
        "corrects": str(assessment.corrects_id) if assessment.corrects_id else None,
        "reason": assessment.reason,
        "recorded_at": json_instant(assessment.recorded_at),
        "measurements": [_measurement_json(each) for each in measurements],
    }


def _measurement_json(measurement: Measurement) -> dict[str, Any]:
    return {
        "code": measurement.code,
        "value": measurement.grade or json_number_or_none(measurement.value),
        "unit": measurement.unit,
        "upper_limit": json_number_or_none(measurement.upper_limit),
        "lower_limit": json_number_or_none(measurement.lower_limit),
        "original_unit": measurement.original_unit or None,
        "given_value": json_number_or_none(measurement.given_value),
        "given_upper_limit": json_number_or_none(measurement.given_upper_limit),
        "hours_since_dose": measurement.hours_since_dose,
        "takes_oral_oestrogen": measurement.takes_oral_oestrogen,
        "confirmed": measurement.confirmed,
        "scale": measurement.scale or None,
        "side": measurement.side or None,
        "muscle": measurement.muscle or None,
        "state": measurement.state or None,
    }
