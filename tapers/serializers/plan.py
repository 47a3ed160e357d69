from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from patients.serializers.fields import (
    DayField,
    NumberField,
    WholeNumberField,
    json_day,
    json_number,
)
from tapers.domain.dose import TabletStrength, tablets_for
from tapers.domain.plan import DoseStep, Plan
from tapers.domain.schedule import Candidate, Window


class TabletsSerializer(serializers.Serializer[Any]):
    strength_mg = NumberField()
    count = NumberField(help_text="Half a tablet is 0.5.")


class StepSerializer(serializers.Serializer[Any]):
    """One daily dose over [starts_on, ends_on)."""

    number = WholeNumberField()
    starts_on = DayField()
    ends_on = DayField(allow_null=True)
    daily_mg = NumberField(help_text="Of the drug that is taken.")
    prednisone_mg = NumberField(help_text="The equivalent.")
    decrement_mg = NumberField(low=-1000, help_text="In prednisone equivalent; below 0 for a rise.")
    tablets = TabletsSerializer(many=True, allow_null=True, help_text="null: cannot be made.")


class PlanSerializer(serializers.Serializer[Any]):
    """The whole course, from its first day to the first day without steroid."""

    starts_on = DayField()
    first_zero_on = DayField(allow_null=True)
    duration_days = WholeNumberField()
    window = serializers.ChoiceField([str(word) for word in Window])
    cumulative_prednisone_mg = NumberField()
    steps = StepSerializer(many=True)


class ConformingSerializer(serializers.Serializer[Any]):
    decrement_mg = NumberField()
    interval_days = WholeNumberField()
    interval_days_from_10_mg = WholeNumberField()
    duration_days = WholeNumberField()
    cumulative_prednisone_mg = NumberField()
    preselected = serializers.BooleanField()


def plan_json(
    plan: Plan, *, strengths: tuple[TabletStrength, ...], window: Window
) -> dict[str, Any]:
    return {
        "starts_on": json_day(plan.starts_on),
        "first_zero_on": json_day(plan.first_zero_on),
        "duration_days": plan.duration_days,
        "window": str(window),
        "cumulative_prednisone_mg": json_number(plan.cumulative_prednisone_mg()),
        "steps": [_step_json(plan, step, strengths) for step in plan.steps],
    }


def _step_json(plan: Plan, step: DoseStep, strengths: tuple[TabletStrength, ...]) -> dict[str, Any]:
    return {
        "number": step.number,
        "starts_on": json_day(step.starts_on),
        "ends_on": json_day(step.ends_on),
        "daily_mg": json_number(step.daily_mg),
        "prednisone_mg": json_number(plan.prednisone_mg(step.number)),
        "decrement_mg": json_number(plan.decrement_mg(step.number)),
        "tablets": _tablets_json(step, strengths),
    }


def _tablets_json(
    step: DoseStep, strengths: tuple[TabletStrength, ...]
) -> list[dict[str, Any]] | None:
    tablets = tablets_for(daily_mg=step.daily_mg, strengths=strengths)
    if tablets is None:
        return None
    return [
        {"strength_mg": json_number(each.strength_mg), "count": json_number(each.count)}
        for each in tablets
    ]


def conforming_json(candidates: Iterable[Candidate]) -> list[dict[str, Any]]:
    return [
        {
            "decrement_mg": json_number(each.regimen.decrement_mg),
            "interval_days": each.regimen.interval_days,
            "interval_days_from_10_mg": each.regimen.interval_days_from_10_mg,
            "duration_days": each.duration_days,
            "cumulative_prednisone_mg": json_number(each.cumulative_prednisone_mg),
            "preselected": each.preselected,
        }
        for each in candidates
    ]
