import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapers.domain.symptoms import (
    Advice,
    Group,
    Symptom,
    advice_for,
    has_minor_pattern,
    has_red_flag,
    minor_symptoms_in,
    of_group,
    red_flags_in,
)

REPORTS = st.frozensets(st.sampled_from(Symptom))


def test_the_red_flags_are_those_of_a_possible_adrenal_crisis() -> None:
    assert set(of_group(Group.RED_FLAG)) == {
        Symptom.FAINTING,
        Symptom.CONFUSION,
        Symptom.REPEATED_VOMITING,
        Symptom.SEVERE_DIARRHOEA,
        Symptom.SEVERE_WEAKNESS,
    }


def test_the_minor_symptoms_are_those_of_withdrawal() -> None:
    assert set(of_group(Group.MINOR)) == {
        Symptom.FATIGUE,
        Symptom.NAUSEA,
        Symptom.POOR_APPETITE,
        Symptom.WEIGHT_LOSS,
        Symptom.DIZZINESS_ON_STANDING,
        Symptom.ACHES,
        Symptom.LOW_MOOD,
    }


@pytest.mark.parametrize("symptom", of_group(Group.RED_FLAG))
def test_one_red_flag_is_an_emergency_whatever_else_is_said(symptom: Symptom) -> None:
    assert advice_for([symptom]) is Advice.EMERGENCY
    assert advice_for([Symptom.FATIGUE, symptom]) is Advice.EMERGENCY


@pytest.mark.parametrize(
    ("reported", "pattern"),
    [
        ([], False),
        ([Symptom.NAUSEA], False),
        ([Symptom.NAUSEA, Symptom.NAUSEA], False),
        ([Symptom.NAUSEA, Symptom.FALL], False),
        ([Symptom.NAUSEA, Symptom.FATIGUE], True),
    ],
)
def test_two_different_minor_symptoms_are_needed(reported: list[Symptom], pattern: bool) -> None:
    assert has_minor_pattern(reported) is pattern


def test_one_minor_symptom_or_any_other_is_worth_a_call_today() -> None:
    assert advice_for([Symptom.FATIGUE]) is Advice.CALL_TODAY
    assert advice_for([Symptom.CHOKING]) is Advice.CALL_TODAY
    assert advice_for([]) is Advice.NOTHING_REPORTED


@given(REPORTS)
def test_symptoms_are_named_in_the_order_in_which_they_are_asked(
    reported: frozenset[Symptom],
) -> None:
    assert [*red_flags_in(reported), *minor_symptoms_in(reported)] == [
        symptom for symptom in Symptom if symptom in reported and symptom.group is not Group.OTHER
    ]
    assert has_red_flag(reported) is (advice_for(reported) is Advice.EMERGENCY)


@pytest.mark.parametrize("symptom", Symptom)
def test_every_symptom_is_said_calmly_to_team_and_patient(symptom: Symptom) -> None:
    for text in (symptom.label, symptom.patient_text):
        assert text[0].isupper()
        assert not re.search(r"[!.]|recommend|\bsafe\b", text)
