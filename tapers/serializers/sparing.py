"""Steroid-sparing drugs and infusions as they stand in requests and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rest_framework import serializers

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
    json_number,
    json_number_or_none,
)
from patients.serializers.strict import StrictSerializer
from tapers.domain.checks import CheckKind, CheckState, LabCheck
from tapers.domain.kidney import KidneyFunction
from tapers.domain.prescription import (
    FOLIC_ACID_MG,
    HEIGHT_CM,
    MAX_DOSES,
    MG_OF,
    WEIGHT_KG,
    Prescription,
)
from tapers.domain.rules.sparing import kidney_text, not_judged_text
from tapers.domain.rules.words import results_text
from tapers.domain.sparing import (
    EVIDENCE,
    INCREMENT_MG,
    Agent,
    AzathioprineTarget,
    Build,
    CheckScheme,
    Frequency,
    Pace,
    SparingCourse,
    SparingDose,
    Titration,
    Weekday,
    WeightBasis,
)
from tapers.models import Infusion, SparingRevision
from tapers.models import SparingCourse as SparingCourseRow
from tapers.selectors.sparing_previews import SparingPreview, Weights
from tapers.serializers.as_of import AS_OF
from tapers.serializers.finding import MAX_REASON, FindingSerializer, ReasonsField, findings_json
from tapers.services.infusions import CREATININE, G_PER_KG, IGA
from tapers.vocabulary import CourseStatus

CHECKS = "Blood tests by their days, then the tests asked for once before the first dose."
MAX_MG = max(high for _, high in MG_OF.values())


class SparingDoseSerializer(StrictSerializer):
    """From a day on so many mg: a week of methotrexate, a day of azathioprine."""

    on = DayField()
    mg = NumberField(high=MAX_MG, above_low=True, decimals=2, unit="mg")


class ParticularsSerializer(StrictSerializer):
    """The doses, written out or from a start dose to a target, and what belongs to the drug."""

    starts_on = DayField(required=False, allow_null=True)
    start_mg = NumberField(
        high=MAX_MG,
        above_low=True,
        decimals=2,
        unit="mg",
        required=False,
        allow_null=True,
        help_text="A week for methotrexate (2.5 to 30), a day for azathioprine (25 to 300).",
    )
    target_mg = NumberField(
        high=MAX_MG, above_low=True, decimals=2, unit="mg", required=False, allow_null=True
    )
    increment_mg = NumberField(
        low=INCREMENT_MG[0],
        high=INCREMENT_MG[1],
        decimals=2,
        unit="mg",
        required=False,
        allow_null=True,
    )
    every_days = WholeNumberField(
        low=7,
        high=84,
        unit="days",
        required=False,
        allow_null=True,
        help_text="Methotrexate only, in whole weeks.",
    )
    weekly = YesNoField(
        required=False, help_text="Azathioprine only: raised every week, faster than the label."
    )
    doses = FewField(
        child=SparingDoseSerializer(),
        most=MAX_DOSES,
        required=False,
        allow_null=True,
        help_text="Instead of a start dose.",
    )
    frequency = WordField(Frequency, required=False, allow_null=True)
    as_written = TextField(max_length=200, allow_blank=True, required=False)
    weekday = WordField(Weekday, required=False, allow_null=True)
    folic_acid_mg_per_week = NumberField(
        low=FOLIC_ACID_MG[0],
        high=FOLIC_ACID_MG[1],
        decimals=2,
        unit="mg",
        required=False,
        allow_null=True,
        help_text="null is not recorded; 0 is none.",
    )
    unit_confirmed = YesNoField(
        required=False, help_text="Azathioprine: that the dose is in mg a day."
    )
    weight_basis = WordField(WeightBasis, required=False, allow_null=True)
    weight_kg = NumberField(
        low=WEIGHT_KG[0],
        high=WEIGHT_KG[1],
        decimals=1,
        unit="kg",
        required=False,
        allow_null=True,
        help_text="Azathioprine: the actual weight.",
    )
    build = WordField(
        Build, required=False, allow_null=True, help_text="Azathioprine: for the ideal weight."
    )
    height_cm = NumberField(
        low=HEIGHT_CM[0],
        high=HEIGHT_CM[1],
        decimals=1,
        unit="cm",
        required=False,
        allow_null=True,
        help_text="Azathioprine: for the ideal weight, which the formula gives from 152.4 cm.",
    )
    check_scheme = WordField(CheckScheme, required=False, allow_null=True)
    dense_after_increase = YesNoField(
        required=False, help_text="Blood tests as dense again after each increase; true if absent."
    )


class SparingPreviewSerializer(ParticularsSerializer):
    agent = WordField(MG_OF)


class StartSparingSerializer(ParticularsSerializer):
    agent = WordField(MG_OF)
    reasons = ReasonsField(required=False, default=dict)


class ReviseSparingSerializer(ParticularsSerializer):
    """What is left out stays as it was; new doses take the place of those from their day on."""

    reason = TextField(max_length=MAX_REASON)
    reasons = ReasonsField(required=False, default=dict)


class EndSparingSerializer(StrictSerializer):
    on = DayField(help_text="The first day without the drug.")
    reason = TextField(max_length=MAX_REASON)


class SparingInErrorSerializer(StrictSerializer):
    reason = TextField(max_length=MAX_REASON)


class AsOfQuery(StrictSerializer):
    as_of = DayField(required=False, help_text=AS_OF)


class RecordInfusionSerializer(StrictSerializer):
    infused_on = DayField()
    product = TextField(max_length=80)
    g_per_kg = NumberField(low=G_PER_KG[0], high=G_PER_KG[1], decimals=2, unit="g a kg")
    symptoms = TextField(max_length=500, allow_blank=True, required=False)
    creatinine_umol_per_l = NumberField(
        low=CREATININE[0],
        high=CREATININE[1],
        decimals=1,
        unit="umol/L",
        required=False,
        allow_null=True,
    )
    iga_g_per_l = NumberField(
        low=IGA[0], high=IGA[1], decimals=2, unit="g/L", required=False, allow_null=True
    )
    thrombosis_risk = YesNoField(required=False, allow_null=True, help_text="null: not recorded.")


# Answers -----------------------------------------------------------------------------------------


class LabCheckSerializer(serializers.Serializer[Any]):
    """A blood test, or the tests asked for once before the first dose (SCREENING)."""

    due_on = DayField()
    kind = WordField(CheckKind)
    state = WordField(CheckState, help_text="DONE only when all it consists of was measured.")
    done_on = DayField(allow_null=True)
    measured = serializers.ListField(child=serializers.CharField())
    missing = serializers.ListField(
        child=serializers.CharField(),
        help_text="By name; a part of which nothing was measured by the name of the part, and a "
        'test done without a result as "HBsAg (result not recorded)".',
    )
    is_partly_done = YesNoField()
    says = serializers.CharField(
        help_text='As "partly done: neutrophils and platelets missing"; empty when done.'
    )
    is_baseline = YesNoField()
    results = serializers.ListField(
        child=serializers.CharField(),
        help_text='Of the tests before the first dose, in words: "HBsAg negative".',
    )


class KidneySerializer(serializers.Serializer[Any]):
    """The last known kidney function.

    An eGFR that the laboratory reports for the same or a later day counts before one calculated
    from a creatinine (CKD-EPI 2021).
    """

    egfr = NumberField(allow_null=True, help_text="mL/min/1.73 m2; null where none is known.")
    measured_on = DayField(allow_null=True)
    is_calculated = YesNoField()
    says = serializers.CharField(help_text="The eGFR in words, and with what it was calculated.")
    why_not_judged = serializers.CharField(
        help_text="Why nothing comes of the last creatinine; empty where something does."
    )


class SparingCourseSerializer(serializers.Serializer[Any]):
    id = IdField()
    patient = IdField()
    agent = WordField(MG_OF)
    status = WordField(CourseStatus.values)
    revision = WholeNumberField()
    frequency = WordField(Frequency, allow_null=True)
    as_written = serializers.CharField()
    weekday = WordField(Weekday, allow_null=True)
    folic_acid_mg_per_week = NumberField(allow_null=True)
    unit_confirmed = YesNoField()
    unit_confirmed_at = InstantField(allow_null=True)
    weight_basis = WordField(WeightBasis, allow_null=True)
    weight_kg = NumberField(allow_null=True)
    build = WordField(Build, allow_null=True)
    height_cm = NumberField(allow_null=True)
    target_mg = NumberField(allow_null=True)
    check_scheme = WordField(CheckScheme, allow_null=True)
    dense_after_increase = YesNoField()
    doses = SparingDoseSerializer(many=True)
    ended_on = DayField(allow_null=True)
    end_reason = serializers.CharField()
    created_at = InstantField()
    checks = LabCheckSerializer(many=True, help_text=CHECKS)
    kidney_function = KidneySerializer(allow_null=True, help_text="null: nothing was measured.")
    evidence = serializers.CharField()


class SparingOptionSerializer(serializers.Serializer[Any]):
    doses = SparingDoseSerializer(many=True)
    pace = WordField(Pace, help_text="Against 3 to 6 months, or the label of azathioprine.")
    last_increase_day = WholeNumberField()


class AzathioprineTargetSerializer(serializers.Serializer[Any]):
    basis = WordField(WeightBasis)
    weight_kg = NumberField()
    exact_daily_mg = NumberField()
    daily_mg = NumberField(help_text="Rounded down to 25 mg.")


class SparingPreviewedSerializer(serializers.Serializer[Any]):
    """Nothing of it is stored. Without a start dose there are only options and targets."""

    doses = SparingDoseSerializer(many=True)
    frequency = WordField(Frequency, allow_null=True)
    weekday = WordField(Weekday, allow_null=True)
    pace = WordField(Pace, allow_null=True)
    findings = FindingSerializer(many=True)
    checks = LabCheckSerializer(many=True, help_text=CHECKS)
    options = SparingOptionSerializer(many=True)
    targets = AzathioprineTargetSerializer(many=True)
    evidence = serializers.CharField()


class InfusionSerializer(serializers.Serializer[Any]):
    id = IdField()
    patient = IdField()
    infused_on = DayField()
    product = serializers.CharField()
    g_per_kg = NumberField()
    symptoms = serializers.CharField()
    creatinine_umol_per_l = NumberField(allow_null=True)
    iga_g_per_l = NumberField(allow_null=True)
    thrombosis_risk = YesNoField(allow_null=True)
    recorded_at = InstantField()
    discarded_at = InstantField(allow_null=True)
    discard_reason = serializers.CharField()


def prescription_of(
    given: Mapping[str, Any], *, before: Prescription | None = None
) -> Prescription:
    """Return the values given; what is left out is as *before*, else not said."""
    start = before or Prescription(agent=Agent(given["agent"]))
    values = {name: given[name] for name in PLAIN if name in given}
    values |= {
        name: kind(given[name]) if given[name] else None
        for name, kind in WORDS.items()
        if name in given
    }
    if given.get("doses"):
        values["doses"] = tuple(SparingDose(each["on"], each["mg"]) for each in given["doses"])
    return replace(start, **values)


PLAIN = (
    "starts_on", "start_mg", "target_mg", "increment_mg", "every_days", "weekly", "as_written",
    "folic_acid_mg_per_week", "unit_confirmed", "weight_kg", "height_cm", "dense_after_increase",
)  # fmt: skip
WORDS = {
    "frequency": Frequency,
    "weekday": Weekday,
    "weight_basis": WeightBasis,
    "build": Build,
    "check_scheme": CheckScheme,
}


def weights_of(given: Mapping[str, Any]) -> Weights:
    build = given.get("build")
    return Weights(Build(build) if build else None, given.get("height_cm"), given.get("weight_kg"))


def sparing_json(
    row: SparingCourseRow,
    course: SparingCourse,
    revision: SparingRevision,
    checks: Sequence[LabCheck],
    kidney: KidneyFunction | None,
) -> dict[str, Any]:
    """An end that came after the day asked about did not hold then."""
    ended = row.ended_on is not None and course.ended_on is None
    return {
        "id": str(row.pk),
        "patient": str(row.patient_id),
        "agent": row.agent,
        "status": CourseStatus.RUNNING.value if ended else row.status,
        "revision": revision.number,
        "as_written": revision.as_written,
        "folic_acid_mg_per_week": json_number_or_none(course.folic_acid_mg_per_week),
        "unit_confirmed": course.unit_confirmed,
        "unit_confirmed_at": json_instant(revision.unit_confirmed_at),
        "weight_basis": course.weight_basis,
        "weight_kg": json_number_or_none(revision.weight_kg),
        "build": revision.build or None,
        "height_cm": json_number_or_none(revision.height_cm),
        "target_mg": json_number_or_none(course.target_mg),
        "check_scheme": course.check_scheme,
        "dense_after_increase": course.dense_after_increase,
        **_doses_json(course),
        "ended_on": json_day(course.ended_on),
        "end_reason": "" if ended else row.end_reason,
        "created_at": json_instant(row.created_at),
        "checks": checks_json(checks),
        "kidney_function": _kidney_json(kidney) if kidney else None,
        "evidence": EVIDENCE,
    }


def sparing_preview_json(shown: SparingPreview) -> dict[str, Any]:
    nothing: dict[str, Any] = {"doses": [], "frequency": None, "weekday": None}
    return {
        **(_doses_json(shown.course) if shown.course else nothing),
        "pace": shown.pace,
        "findings": findings_json(shown.findings),
        "checks": checks_json(shown.checks),
        "options": [_option_json(each) for each in shown.options],
        "targets": [_target_json(each) for each in shown.targets],
        "evidence": EVIDENCE,
    }


def checks_json(checks: Sequence[LabCheck]) -> list[dict[str, Any]]:
    return [
        {
            "due_on": json_day(each.due_on),
            "kind": each.kind,
            "state": each.state,
            "done_on": json_day(each.done_on),
            "measured": list(each.measured),
            "missing": list(each.missing),
            "is_partly_done": each.is_partly_done,
            "says": results_text(each),
            "is_baseline": each.is_baseline,
            "results": list(each.results),
        }
        for each in checks
    ]


def _kidney_json(kidney: KidneyFunction) -> dict[str, Any]:
    return {
        "egfr": json_number_or_none(kidney.egfr),
        "measured_on": json_day(kidney.measured_on),
        "is_calculated": kidney.is_calculated,
        "says": kidney_text(kidney),
        "why_not_judged": not_judged_text(kidney),
    }


def infusion_json(row: Infusion) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "patient": str(row.patient_id),
        "infused_on": json_day(row.infused_on),
        "product": row.product,
        "g_per_kg": json_number(row.g_per_kg),
        "symptoms": row.symptoms,
        "creatinine_umol_per_l": json_number_or_none(row.creatinine_umol_per_l),
        "iga_g_per_l": json_number_or_none(row.iga_g_per_l),
        "thrombosis_risk": row.thrombosis_risk,
        "recorded_at": json_instant(row.recorded_at),
        "discarded_at": json_instant(row.discarded_at),
        "discard_reason": row.discard_reason,
    }


def _doses_json(course: SparingCourse) -> dict[str, Any]:
    return {
        "frequency": course.frequency,
        "weekday": course.weekday,
        "doses": _list_json(course.doses),
    }


def _list_json(doses: Sequence[SparingDose]) -> list[dict[str, Any]]:
    return [{"on": json_day(dose.on), "mg": json_number(dose.mg)} for dose in doses]


def _option_json(option: Titration) -> dict[str, Any]:
    return {
        "doses": _list_json(option.doses),
        "pace": option.pace,
        "last_increase_day": option.last_increase_day,
    }


def _target_json(target: AzathioprineTarget) -> dict[str, Any]:
    return {
        "basis": target.basis,
        "weight_kg": json_number(target.weight_kg),
        "exact_daily_mg": json_number(target.exact_daily_mg),
        "daily_mg": json_number(target.daily_mg),
    }
