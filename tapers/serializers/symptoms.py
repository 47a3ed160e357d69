from typing import Any

from rest_framework import serializers

from patients.serializers.fields import (
    DayField,
    FewField,
    IdField,
    InstantField,
    TextField,
    WordField,
    YesNoField,
    json_day,
    json_instant,
)
from patients.serializers.strict import StrictSerializer
from tapers.domain.symptoms import Advice, Symptom, advice_for
from tapers.models import SymptomReport
from tapers.vocabulary import ReportedBy


class NewSymptomReportSerializer(StrictSerializer):
    symptoms = FewField(child=WordField(Symptom), most=len(Symptom))
    note = TextField(required=False, allow_blank=True, max_length=500)
    reported_by = WordField(ReportedBy.values)
    happened_on = DayField(
        required=False,
        help_text="The day of the symptoms, from the birth date to today; without it, today.",
    )


class SymptomsInErrorSerializer(StrictSerializer):
    reason = TextField(max_length=500)


class SymptomReportReadSerializer(serializers.Serializer[Any]):
    """What was said of how the patient is. A red flag stands until a prescriber lifts it.

    `happened_on` is the day of the symptoms, `reported_on` the day they were told. `is_history`
    says that this was too late to act on: a red flag of the past was never open, and `advice` is
    HISTORY. Since `in_error_at` it counts on no day; `advice` is what was told at the time.
    """

    id = IdField()
    patient = IdField()
    symptoms = serializers.ListField(child=WordField(Symptom))
    note = serializers.CharField()
    advice = WordField(Advice)
    red_flag = YesNoField()
    happened_on = DayField()
    reported_on = DayField()
    is_history = YesNoField()
    reported_by = WordField(ReportedBy.values)
    recorded_at = InstantField()
    lifted_at = InstantField(allow_null=True)
    lift_reason = serializers.CharField()
    in_error_at = InstantField(allow_null=True, help_text="Since then it counts on no day.")
    in_error_reason = serializers.CharField()


def symptom_report_json(report: SymptomReport) -> dict[str, Any]:
    return {
        "id": str(report.id),
        "patient": str(report.patient_id),
        "symptoms": report.symptoms,
        "note": report.note,
        "advice": advice_for(report.to_domain(), is_history=report.is_history),
        "red_flag": report.red_flag,
        "happened_on": json_day(report.happened_on),
        "reported_on": json_day(report.reported_on),
        "is_history": report.is_history,
        "reported_by": report.reported_by,
        "recorded_at": json_instant(report.recorded_at),
        "lifted_at": json_instant(report.lifted_at),
        "lift_reason": report.lift_reason,
        "in_error_at": json_instant(report.in_error_at),
        "in_error_reason": report.in_error_reason,
    }
