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


class SymptomReportReadSerializer(serializers.Serializer[Any]):
    """What was said of how the patient is. A red flag stands until a prescriber lifts it."""

    id = IdField()
    patient = IdField()
    symptoms = serializers.ListField(child=WordField(Symptom))
    note = serializers.CharField()
    advice = WordField(Advice)
    red_flag = YesNoField()
    reported_on = DayField()
    reported_by = WordField(ReportedBy.values)
    recorded_at = InstantField()
    lifted_at = InstantField(allow_null=True)
    lift_reason = serializers.CharField()


def symptom_report_json(report: SymptomReport) -> dict[str, Any]:
    return {
        "id": str(report.id),
        "patient": str(report.patient_id),
        "symptoms": report.symptoms,
        "note": report.note,
        "advice": advice_for(report.to_domain()),
        "red_flag": report.red_flag,
        "reported_on": json_day(report.reported_on),
        "reported_by": report.reported_by,
        "recorded_at": json_instant(report.recorded_at),
        "lifted_at": json_instant(report.lifted_at),
        "lift_reason": report.lift_reason,
    }
