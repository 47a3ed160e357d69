"""The course of a patient as JSON: what was measured, the dose, and what each can tell."""

from datetime import date
from typing import Any

from rest_framework import serializers

from patients.instruments.catalogue import measure_for
from patients.serializers.fields import (
    MAX_NUMBER,
    DayField,
    NumberField,
    WholeNumberField,
    WordField,
    json_day,
    json_number,
    json_number_or_none,
)
from patients.serializers.strict import StrictSerializer
from tapers.domain.annotations import Annotation, Kind
from tapers.domain.dose import to_prednisone_mg
from tapers.domain.history import AroundCut, Change, ErrorBand, Exposure
from tapers.domain.record import DatedReading, TaperRecord
from tapers.domain.rules.rulebook import VERSION
from tapers.domain.side_by_side import DoseTaken, SeriesAside, SideBySide
from tapers.serializers.as_of import AS_OF
from tapers.serializers.finding import FindingSerializer, findings_json
from tapers.serializers.toxicity import NextFollowUpSerializer, follow_up_json


class CourseQuery(StrictSerializer):
    as_of = DayField(required=False, help_text=AS_OF)


class CourseReadingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    side = serializers.CharField(allow_null=True)
    muscle = serializers.CharField(allow_null=True)
    scale = serializers.CharField(allow_null=True)
    assessed_on = DayField()
    value = NumberField(allow_null=True)
    grade = serializers.CharField(allow_null=True)
    state = serializers.CharField(allow_null=True)
    upper_limit = NumberField(allow_null=True)
    rater = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    """From one reading to a later one; lower is negative, whatever is better."""

    from_on = DayField()
    to_on = DayField()
    days = WholeNumberField()
    points = NumberField(low=-MAX_NUMBER, help_text="In the unit of the measure.")
    percent_of_scale = NumberField(low=-MAX_NUMBER, allow_null=True, help_text="Of a score.")
    percent = NumberField(low=-MAX_NUMBER, allow_null=True, help_text="Of the first value.")
    same_rater = serializers.BooleanField(help_text="False where one of them is not known.")


class AroundCutSerializer(serializers.Serializer[Any]):
    """The readings next to one change of dose, in mg of prednisone."""

    step_number = WholeNumberField()
    on = DayField()
    from_mg = NumberField()
    to_mg = NumberField()
    change = ChangeSerializer(allow_null=True)
    other_changes_between = WholeNumberField()


class NaturalBandSerializer(serializers.Serializer[Any]):
    """Where average IBM would have taken the baseline by `on`."""

    on = DayField()
    low = NumberField()
    high = NumberField()


class ErrorBandSerializer(serializers.Serializer[Any]):
    """How far two readings may lie apart by the error of the test alone."""

    low_percent = NumberField()
    high_percent = NumberField()
    of_scale = serializers.BooleanField(help_text="Otherwise of the value.")


class SeriesSerializer(serializers.Serializer[Any]):
    """Readings that may be compared with each other, and with no others."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    side = serializers.CharField(allow_null=True)
    muscle = serializers.CharField(allow_null=True)
    scale = serializers.CharField(allow_null=True)
    readings = CourseReadingSerializer(many=True)
    change_since_baseline = ChangeSerializer(allow_null=True)
    around_cuts = AroundCutSerializer(many=True)
    natural_band = NaturalBandSerializer(allow_null=True)
    error_band = ErrorBandSerializer(allow_null=True, help_text="null: no figure for IBM is known.")


class PlannedDoseSerializer(serializers.Serializer[Any]):
    number = WholeNumberField()
    starts_on = DayField()
    daily_mg = NumberField()
    prednisone_mg = NumberField()


class TakenDoseSerializer(serializers.Serializer[Any]):
    """`confirmed` when somebody said it was taken; otherwise as planned, an estimate.

    What was recorded before the taper ends on its first day; from then on one dose holds each day.
    """

    begins_on = DayField(allow_null=True)
    ends_on = DayField(allow_null=True, help_text="The first day without it.")
    prednisone_mg = NumberField()
    confirmed = serializers.BooleanField()


class CourseExposureSerializer(serializers.Serializer[Any]):
    """From the first known day, ten years back at most. Unknown days are never counted as 0 mg.

    Unless `is_complete` each sum is the least that it can be.
    """

    from_on = DayField()
    to_on = DayField(help_text="The first day that is not counted.")
    cumulative_mg = NumberField()
    mean_daily_mg = NumberField(allow_null=True, help_text="Over `days_on_steroid`.")
    known_days = WholeNumberField()
    unknown_days = WholeNumberField()
    estimated_days = WholeNumberField()
    days_above_10_mg = WholeNumberField()
    days_from_5_mg = WholeNumberField()
    days_on_steroid = WholeNumberField(help_text="Days of a known dose above 0 mg.")
    is_complete = serializers.BooleanField(
        help_text="False where days are unknown, or a steroid was or may have been taken before."
    )


class CourseFindingSerializer(FindingSerializer):
    """What a rule says of the course as known on that day."""

    values = serializers.DictField()
    episode = serializers.CharField()


class AnnotationSerializer(serializers.Serializer[Any]):
    """What else happened: symptoms, falls, infections, other drugs, a hold."""

    kind = WordField(Kind)
    on = DayField()
    until_on = DayField(allow_null=True, help_text="null: of one day.")
    says = serializers.CharField()


class CourseStepSerializer(serializers.Serializer[Any]):
    number = WholeNumberField()
    starts_on = DayField()


class CourseLateStepSerializer(CourseStepSerializer):
    """A step whose day has come and that nobody confirmed."""

    days_late = WholeNumberField(help_text="0 on its own day.")


class StandingSerializer(serializers.Serializer[Any]):
    """How it stood on that day: the dose in force, and the steps of an active taper."""

    prednisone_mg = NumberField(allow_null=True, help_text="null: not known.")
    confirmed = serializers.BooleanField(allow_null=True)
    next_step = CourseStepSerializer(allow_null=True)
    late_step = CourseLateStepSerializer(allow_null=True)


class CourseSerializer(serializers.Serializer[Any]):
    as_of = DayField()
    rulebook_version = serializers.CharField()
    standing = StandingSerializer()
    follow_up = NextFollowUpSerializer(
        many=True, help_text="Of what steroids do; the next of each."
    )
    series = SeriesSerializer(many=True)
    without_a_number = CourseReadingSerializer(many=True, help_text="Unable, or a grade like 4+.")
    doses_planned = PlannedDoseSerializer(many=True)
    doses_taken = TakenDoseSerializer(many=True)
    exposure = CourseExposureSerializer(allow_null=True)
    annotations = AnnotationSerializer(many=True)
    findings = CourseFindingSerializer(many=True)


def course_json(course: SideBySide) -> dict[str, Any]:
    """Return the course as known on its day."""
    facts, as_of = course.facts, course.as_of
    return {
        "as_of": json_day(as_of),
        "rulebook_version": VERSION,
        "standing": _standing_json(course),
        "follow_up": [follow_up_json(each) for each in course.follow_up],
        "series": [_series_json(each, as_of) for each in course.series],
        "without_a_number": [_reading_json(each) for each in course.without_a_number],
        "doses_planned": _planned_json(facts.taper),
        "doses_taken": [_taken_json(each) for each in course.doses_taken],
        "exposure": _figures(course.exposure) if course.exposure else None,
        "annotations": [_annotation_json(each) for each in course.annotations],
        "findings": [
            row | {"values": dict(finding.values), "episode": finding.episode}
            for row, finding in zip(findings_json(course.findings), course.findings, strict=True)
        ],
    }


def _annotation_json(each: Annotation) -> dict[str, Any]:
    return {
        "kind": each.kind.value,
        "on": json_day(each.on),
        "until_on": json_day(each.until_on),
        "says": each.says,
    }


def _standing_json(course: SideBySide) -> dict[str, Any]:
    late, upcoming, dose = course.late_step, course.next_step, course.dose
    return {
        "prednisone_mg": json_number_or_none(dose.prednisone_mg if dose else None),
        "confirmed": dose.confirmed if dose else None,
        "next_step": None
        if upcoming is None
        else {"number": upcoming.number, "starts_on": json_day(upcoming.starts_on)},
        "late_step": None
        if late is None
        else {
            "number": late.step.number,
            "starts_on": json_day(late.step.starts_on),
            "days_late": late.days_late,
        },
    }


def _series_json(aside: SeriesAside, as_of: date) -> dict[str, Any]:
    key, band = aside.series.key, aside.natural
    measure = measure_for(key.code)
    return {
        "code": measure.code,
        "name": measure.name,
        "unit": measure.unit,
        "side": key.side,
        "muscle": key.muscle,
        "scale": key.scale,
        "readings": [_reading_json(each) for each in aside.series.readings],
        "change_since_baseline": _change_json(aside.change),
        "around_cuts": [_cut_json(each) for each in aside.cuts],
        "natural_band": None
        if band is None
        else {"on": json_day(as_of), "low": json_number(band.low), "high": json_number(band.high)},
        "error_band": _error_json(aside.error),
    }


def _reading_json(dated: DatedReading) -> dict[str, Any]:
    reading = dated.reading
    return {
        "code": reading.code,
        "side": reading.side,
        "muscle": reading.muscle,
        "scale": reading.scale,
        "assessed_on": json_day(dated.on),
        "value": json_number_or_none(reading.value),
        "grade": reading.grade,
        "state": reading.state,
        "upper_limit": json_number_or_none(reading.upper_limit),
        "rater": dated.rater,
    }


def _change_json(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {
        "from_on": json_day(change.before.on),
        "to_on": json_day(change.after.on),
        "days": change.days,
        "points": json_number(change.points),
        "percent_of_scale": json_number_or_none(change.percent_of_scale),
        "percent": json_number_or_none(change.percent),
        "same_rater": change.same_rater,
    }


def _cut_json(cut: AroundCut) -> dict[str, Any]:
    return {
        "step_number": cut.step_number,
        "on": json_day(cut.on),
        "from_mg": json_number(cut.from_mg),
        "to_mg": json_number(cut.to_mg),
        "change": _change_json(cut.change),
        "other_changes_between": cut.other_changes_between,
    }


def _error_json(band: ErrorBand) -> dict[str, Any] | None:
    if not band.known:
        return None
    return {
        "low_percent": json_number(band.low_percent),
        "high_percent": json_number(band.high_percent),
        "of_scale": band.of_scale,
    }


def _planned_json(taper: TaperRecord | None) -> list[dict[str, Any]]:
    if taper is None:
        return []
    return [
        {
            "number": step.number,
            "starts_on": json_day(step.starts_on),
            "daily_mg": json_number(step.daily_mg),
            "prednisone_mg": json_number(to_prednisone_mg(drug=taper.plan.drug, mg=step.daily_mg)),
        }
        for step in taper.plan.steps
    ]


def _taken_json(each: DoseTaken) -> dict[str, Any]:
    return {
        "begins_on": json_day(each.begins_on),
        "ends_on": json_day(each.ends_on),
        "prednisone_mg": json_number(each.dose.prednisone_mg),
        "confirmed": each.dose.confirmed,
    }


def _figures(exposure: Exposure) -> dict[str, Any]:
    return {
        "from_on": json_day(exposure.from_on),
        "to_on": json_day(exposure.to_on),
        "cumulative_mg": json_number(exposure.cumulative_mg),
        "mean_daily_mg": json_number_or_none(exposure.mean_daily_mg),
        "known_days": exposure.known_days,
        "unknown_days": exposure.unknown_days,
        "estimated_days": exposure.estimated_days,
        "days_above_10_mg": exposure.days_above_10_mg,
        "days_from_5_mg": exposure.days_from_5_mg,
        "days_on_steroid": exposure.days_on_steroid,
        "is_complete": exposure.is_complete,
    }
