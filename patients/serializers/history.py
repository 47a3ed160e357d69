"""The diagnosis and the treatment before the plan."""

from typing import Any

from patients.models import Diagnosis, SteroidExposure
from patients.models.medication import MAX_DAILY_MG
from patients.serializers.fact import ROW as VERSION
from patients.serializers.fact import VersionSerializer, version_json
from patients.serializers.fields import (
    DayField,
    IdField,
    InstantField,
    NumberField,
    TextField,
    WordField,
    YesNoField,
    json_day,
    json_instant,
    json_number,
    json_number_or_none,
)
from patients.serializers.strict import StrictSerializer
from patients.vocabulary import Biopsy, DiagnosisKind, DiagnosisStatus

ROW = frozenset({"id", "recorded_at"})


class NewDiagnosisSerializer(StrictSerializer):
    ignored = ROW

    kind = WordField(DiagnosisKind.values, default=DiagnosisKind.IBM)
    status = WordField(DiagnosisStatus.values)
    confirmed_on = DayField(default=None, allow_null=True)
    biopsy = WordField(Biopsy.values)
    biopsy_on = DayField(default=None, allow_null=True)
    rimmed_vacuoles = YesNoField(default=None, allow_null=True)
    endomysial_inflammation = YesNoField(default=None, allow_null=True)
    mitochondrial_changes = YesNoField(default=None, allow_null=True)
    note = TextField(default="", allow_blank=True, max_length=1000)


class DiagnosisSerializer(NewDiagnosisSerializer):
    id = IdField()
    recorded_at = InstantField()


class NewExposureSerializer(StrictSerializer):
    """A course of a glucocorticoid before the plan; an unknown start is null, not a guess."""

    ignored = VERSION

    drug = TextField(max_length=32)
    daily_mg = NumberField(high=MAX_DAILY_MG, unit="mg")
    alternate_daily_mg = NumberField(high=MAX_DAILY_MG, unit="mg", default=None, allow_null=True)
    started_on = DayField(default=None, allow_null=True)
    ended_on = DayField(default=None, allow_null=True, help_text="The first day without it.")
    note = TextField(default="", allow_blank=True, max_length=1000)
    raise_reason = TextField(
        default="",
        allow_blank=True,
        max_length=500,
        help_text="Why the dose is higher than the one before, during a taper or after it. Without "
        "it DOSE_TAKEN_UP asks; what stands in the note does not answer it.",
    )
    sick_day_dose = YesNoField(
        default=False, help_text="Taken for a while because of an illness, by the sick-day plan."
    )


class ExposureSerializer(VersionSerializer, NewExposureSerializer):
    pass


class ExposureCorrectionSerializer(NewExposureSerializer):
    """The course as it is right: all of its fields, with the reason."""

    ignored = VERSION - {"reason"}

    reason = TextField(max_length=300)


def diagnosis_json(row: Diagnosis) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "kind": row.kind,
        "status": row.status,
        "confirmed_on": json_day(row.confirmed_on),
        "biopsy": row.biopsy,
        "biopsy_on": json_day(row.biopsy_on),
        "rimmed_vacuoles": row.rimmed_vacuoles,
        "endomysial_inflammation": row.endomysial_inflammation,
        "mitochondrial_changes": row.mitochondrial_changes,
        "note": row.note,
        "recorded_at": json_instant(row.recorded_at),
    }


def exposure_json(row: SteroidExposure) -> dict[str, Any]:
    return {
        "drug": row.drug,
        "daily_mg": json_number(row.daily_mg),
        "alternate_daily_mg": json_number_or_none(row.alternate_daily_mg),
        "started_on": json_day(row.started_on),
        "ended_on": json_day(row.ended_on),
        "note": row.note,
        "raise_reason": row.raise_reason,
        "sick_day_dose": row.sick_day_dose,
        **version_json(row),
    }
