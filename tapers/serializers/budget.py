from typing import Any

from rest_framework import serializers

from patients.serializers.fields import (
    DayField,
    NumberField,
    WholeNumberField,
    YesNoField,
    json_day,
    json_number,
    json_number_or_none,
)
from patients.serializers.strict import StrictSerializer
from tapers.domain.rules.titles import title_of
from tapers.selectors.budget import AlertBudget


class BudgetQuery(StrictSerializer):
    from_on = DayField(required=False, help_text="The first day; without it 90 days are read.")
    to_on = DayField(required=False, help_text="The last day; without it today.")


class CodeBudgetSerializer(serializers.Serializer[Any]):
    """One rule: how often it asked for a reason, and how often nothing answered it."""

    code = serializers.CharField()
    title = serializers.CharField()
    raised = WholeNumberField()
    acknowledged = WholeNumberField()
    unchanged = WholeNumberField(
        allow_null=True,
        help_text="Acknowledged, and from the alert until a week after the reason nothing was "
        "recorded that answers this rule: a change of a taper or a steroid-sparing drug, or what "
        "the rule asks for (a visit, a test, a medicine ended). Null: what it asks for is not "
        "recorded here.",
    )
    override_percent = NumberField(
        allow_null=True,
        help_text="Of those acknowledged; null for ADRENAL_RISK, whose reason is what it asks for, "
        "and where it cannot be known.",
    )
    mostly_overridden = YesNoField(help_text="Above 90 %.")


class BudgetSerializer(serializers.Serializer[Any]):
    """Warnings and critical alerts a patient-month: 30.4375 days of one patient under care."""

    from_on = DayField()
    to_on = DayField()
    patient_months = NumberField()
    warnings = WholeNumberField()
    warnings_per_patient_month = NumberField(allow_null=True)
    codes = CodeBudgetSerializer(many=True)


def budget_json(budget: AlertBudget) -> dict[str, Any]:
    return {
        "from_on": json_day(budget.from_on),
        "to_on": json_day(budget.to_on),
        "patient_months": json_number(budget.patient_months),
        "warnings": budget.warnings,
        "warnings_per_patient_month": json_number_or_none(budget.per_patient_month),
        "codes": [
            {
                "code": each.code,
                "title": title_of(each.code),
                "raised": each.raised,
                "acknowledged": each.acknowledged,
                "unchanged": each.unchanged,
                "override_percent": json_number_or_none(each.override_percent),
                "mostly_overridden": each.is_mostly_overridden,
            }
            for each in budget.codes
        ],
    }
