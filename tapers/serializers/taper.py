from collections.abc import Iterable
from datetime import date
from decimal import Decimal
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
    json_day,
    json_instant,
    json_number,
    json_number_or_none,
)
from patients.serializers.strict import StrictSerializer
from tapers.domain.course import Outcome
from tapers.domain.plan import Plan, WindowAppliesTo
from tapers.domain.rules.rule import Finding
from tapers.domain.schedule import window_of
from tapers.domain.states import Status
from tapers.models import StepReport, Taper
from tapers.serializers.finding import MAX_REASON, FindingSerializer, ReasonsField, findings_json
from tapers.serializers.plan import PlanSerializer, plan_json
from tapers.serializers.proposal import MAX_DAILY_MG, RegimenFields
from tapers.vocabulary import ReportedBy

MAX_STEPS = 100
MAX_STEP_NUMBER = 1000


class TaperSerializer(serializers.Serializer[Any]):
    id = IdField()
    patient = IdField()
    status = WordField(Status)
    revision = WholeNumberField()
    drug = serializers.CharField()
    daily_mg = NumberField(help_text="As given; of alternate days the plan starts from the mean.")
    alternate_daily_mg = NumberField(allow_null=True)
    created_at = InstantField()
    held_on = DayField(allow_null=True)
    ended_on = DayField(allow_null=True)
    in_error_at = InstantField(allow_null=True, help_text="Since then it counts on no day.")
    in_error_reason = serializers.CharField()
    plan = PlanSerializer()
    findings = FindingSerializer(many=True)


class TapersQuery(StrictSerializer):
    patient = IdField(required=False)
    clinic = IdField(required=False)
    status = WordField(Status, required=False)


class NothingSerializer(StrictSerializer):
    """An empty body."""


class ActivateSerializer(StrictSerializer):
    reasons = ReasonsField(required=False, default=dict)


class NewStepSerializer(StrictSerializer):
    starts_on = DayField()
    daily_mg = NumberField(high=MAX_DAILY_MG, unit="mg")


class ReviseSerializer(RegimenFields):
    """A regimen, or the steps one by one; either way to the end of the course."""

    reason = TextField(max_length=MAX_REASON)
    reasons = ReasonsField(required=False, default=dict)
    starts_on = DayField(required=False, allow_null=True, help_text="Without it: the first step's.")
    daily_mg = NumberField(high=MAX_DAILY_MG, unit="mg", required=False, allow_null=True)
    steps = FewField(child=NewStepSerializer(), required=False, allow_null=True, most=MAX_STEPS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs.get("steps"):
            return self._with_steps(attrs)
        needed = ("starts_on", "daily_mg", "decrement_mg")
        missing = [name for name in needed if attrs.get(name) is None]
        if missing:
            message = "Give the regimen fields with starts_on and daily_mg, or steps."
            raise serializers.ValidationError({name: [message] for name in missing})
        return attrs

    def _with_steps(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("decrement_mg") is not None or attrs["hold_days"]:
            message = "Give either the regimen fields or steps, not both."
            raise serializers.ValidationError({"steps": [message]})
        first = attrs["steps"][0]
        starts_on = attrs.get("starts_on") or first["starts_on"]
        daily_mg = attrs.get("daily_mg")
        if daily_mg is None and starts_on != first["starts_on"]:
            message = "Give the dose from starts_on to the first of the steps."
            raise serializers.ValidationError({"daily_mg": [message]})
        return attrs | {
            "starts_on": starts_on,
            "daily_mg": first["daily_mg"] if daily_mg is None else daily_mg,
        }


class HoldSerializer(StrictSerializer):
    on = DayField()
    reason = TextField(max_length=MAX_REASON)


class StopSerializer(HoldSerializer):
    pass


class ResumeSerializer(StrictSerializer):
    on = DayField()
    reason = TextField(max_length=MAX_REASON, required=False, default="", allow_blank=True)


class PastTaperInErrorSerializer(StrictSerializer):
    reason = TextField(max_length=MAX_REASON)


class CompleteSerializer(StrictSerializer):
    on = DayField()


class StepReportSerializer(StrictSerializer):
    step_number = WholeNumberField(low=1, high=MAX_STEP_NUMBER)
    outcome = WordField(Outcome)
    taken_on = DayField(required=False, allow_null=True, help_text="With TAKEN, and only then.")
    reported_by = WordField(ReportedBy.values)
    note = TextField(max_length=500, required=False, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        taken_on = attrs.setdefault("taken_on", None)
        if attrs["outcome"] == Outcome.TAKEN and taken_on is None:
            raise serializers.ValidationError({"taken_on": ["Give the day it was taken."]})
        if attrs["outcome"] != Outcome.TAKEN and taken_on is not None:
            raise serializers.ValidationError({"taken_on": ["Only a step TAKEN has a day."]})
        return attrs


class StepReportReadSerializer(serializers.Serializer[Any]):
    id = IdField()
    step_number = WholeNumberField()
    outcome = WordField(Outcome)
    taken_on = DayField(allow_null=True)
    reported_on = DayField()
    reported_by = WordField(ReportedBy.values)
    note = serializers.CharField()
    recorded_at = InstantField()
    taken_back_at = InstantField(allow_null=True, help_text="Since then it counts no more.")
    taken_back_reason = serializers.CharField()


class TakeBackSerializer(StrictSerializer):
    reason = TextField(max_length=MAX_REASON)


class StepReportedSerializer(StepReportReadSerializer):
    taper = TaperSerializer()


def taper_json(taper: Taper, *, plan: Plan, findings: Iterable[Finding]) -> dict[str, Any]:
    applies_to = WindowAppliesTo(taper.window_applies_to)
    return {
        "id": str(taper.id),
        "patient": str(taper.patient_id),
        "status": taper.status,
        "revision": taper.revision,
        "drug": taper.drug,
        "daily_mg": json_number(taper.given_daily_mg),
        "alternate_daily_mg": json_number_or_none(taper.alternate_daily_mg),
        "created_at": json_instant(taper.created_at),
        "held_on": json_day(taper.held_on),
        "ended_on": json_day(taper.ended_on),
        "in_error_at": json_instant(taper.in_error_at),
        "in_error_reason": taper.in_error_reason,
        "plan": plan_json(
            plan, strengths=taper.strengths, window=window_of(plan=plan, applies_to=applies_to)
        ),
        "findings": findings_json(findings),
    }


def step_report_json(report: StepReport) -> dict[str, Any]:
    return {
        "id": str(report.id),
        "step_number": report.step_number,
        "outcome": report.outcome,
        "taken_on": json_day(report.taken_on),
        "reported_on": json_day(report.reported_on),
        "reported_by": report.reported_by,
        "note": report.note,
        "recorded_at": json_instant(report.recorded_at),
        "taken_back_at": json_instant(report.taken_back_at),
        "taken_back_reason": report.taken_back_reason,
    }


def steps_of(given: Iterable[dict[str, Any]] | None) -> list[tuple[date, Decimal]] | None:
    return [(each["starts_on"], each["daily_mg"]) for each in given] if given else None
