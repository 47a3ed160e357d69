from contextlib import suppress
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from tapers.domain.errors import DomainError, OutOfRange, SettingsContradict
from tapers.domain.protocol import LIMITS, Protocol
from tapers.domain.rules.rulebook import STATEMENTS
from tapers.domain.settings import SETTINGS, settings_of_rule


def test_the_defaults_are_those_of_the_rulebook() -> None:
    assert Protocol().changed == {}
    assert Protocol(target_mg=Decimal(5)).changed == {"target_mg": "5"}


@pytest.mark.parametrize("field", LIMITS)
def test_each_setting_has_limits_and_both_ends_are_allowed(field: str) -> None:
    for value in LIMITS[field][:2]:
        given: dict[str, Any] = {field: int(value) if field.endswith("days") else value}
        with suppress(SettingsContradict):
            assert getattr(Protocol(**given), field) == value
    with pytest.raises(OutOfRange) as refused:
        Protocol(**{field: LIMITS[field][1] + 1})  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(
    "given",
    [
        {"visit_due_days": 56, "visit_overdue_after_days": 28},
        {"mmt_drop_percent_same_rater": Decimal(11)},
        {"ibmfrs_note_points": Decimal(4), "ibmfrs_warning_points": Decimal(3)},
    ],
)
def test_settings_that_contradict_each_other_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(SettingsContradict):
        Protocol(**given)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(DomainError):
        Protocol(target_mg=Decimal("NaN"))


def test_every_setting_says_what_it_decides_and_names_rules_that_exist() -> None:
    assert [setting.name for setting in SETTINGS] == [field.name for field in fields(Protocol)]
    for setting in SETTINGS:
        assert setting.label
        assert setting.says.endswith(".")
        assert set(setting.rules) <= {rule.code for rule in STATEMENTS}


def test_a_rule_knows_its_settings() -> None:
    assert [each.name for each in settings_of_rule("MMT_DROP")] == [
        "mmt_drop_percent_same_rater",
        "mmt_drop_percent_other_rater",
    ]
    assert settings_of_rule("FALLS") == ()
