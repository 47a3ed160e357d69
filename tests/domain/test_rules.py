import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapers.domain import sources
from tapers.domain.changes import revise_remainder
from tapers.domain.context import ClinicalContext, PatientFacts
from tapers.domain.dose import Drug, TabletStrength
from tapers.domain.plan import Plan, WindowAppliesTo
from tapers.domain.rules.contradictions import CONTRADICTIONS
from tapers.domain.rules.rule import Case, Finding, NoPlanMade, Severity
from tapers.domain.rules.rulebook import (
    STATEMENTS,
    TOPICS,
    VERSION,
    findings,
    findings_without_plan,
    markdown,
    rule_for,
)
from tapers.domain.rules.titles import TITLES
from tapers.domain.rules.words import joined, listed, weeks_text
from tapers.domain.schedule import Regimen, conforming_regimens, plan_for
from tapers.domain.sources import Mark, Source, SourceKind
from tests.domain.strategies import DAYS, DRUGS, STRENGTHS, daily_doses, plans

MONDAY = date(2026, 3, 2)
NEVER_SAID = re.compile(r"recommend|\bsafe\b|successful|should stop|!", re.IGNORECASE)


def a_plan(daily_mg: int, regimen: str = "5/7/7", drug: Drug = Drug.PREDNISONE) -> Plan:
    decrement, upper, lower = regimen.split("/")
    return plan_for(
        drug=drug,
        daily_mg=Decimal(daily_mg),
        regimen=Regimen(Decimal(decrement), int(upper), int(lower)),
        starts_on=MONDAY,
    )


def said(code: str, plan: Plan, **context: Any) -> Finding:
    found = findings(plan=plan, context=ClinicalContext(**context))
    return {finding.code: finding for finding in found}[code]


def test_a_long_plan_names_the_options_that_fit() -> None:
    finding = said("PLAN_LONG", a_plan(40))

    assert finding.message == (
        "This plan lasts 9 weeks (63 days); the protocol asks for 4-8. Conforming options: "
        "10 mg every 14 days, then from 10 mg every 7 days (56 days); "
        "10 mg every 7 days, then from 10 mg every 7 days (42 days)."
    )


def test_from_10_mg_and_below_the_options_are_the_lower_intervals() -> None:
    plan = plan_for(
        drug=Drug.PREDNISONE,
        daily_mg=Decimal(10),
        regimen=Regimen(Decimal(5), 7, 14, hold_days=20),
        starts_on=MONDAY,
    )

    assert said("PLAN_LONG", plan, hold_days=20).message.endswith(
        "Conforming options: every 7 days (41 days)."
    )


def test_a_long_plan_without_an_option_says_so() -> None:
    found = said("PLAN_LONG", a_plan(80, "10/7/7"))

    assert found.message.endswith("From 80 mg no standard combination meets that.")


def test_counted_until_10_mg_the_sentences_say_so() -> None:
    until_10 = {"window_applies_to": WindowAppliesTo.TO_10_MG}

    assert (
        "takes 9 weeks (63 days) to reach 10 mg"
        in said("PLAN_LONG", a_plan(60, "5/7/7"), **until_10).message
    )
    assert (
        "This plan reaches 10 mg in 1 week (7 days)."
        in said("PLAN_SHORT", a_plan(20), **until_10).message
    )
    assert (
        "meets 8 weeks to reach 10 mg from 110 mg"
        in said("PLAN_NO_CONFORMING", a_plan(110, "10/7/7"), **until_10).message
    )


def test_doses_of_another_drug_carry_their_equivalent() -> None:
    plan = a_plan(64, "10/7/7", Drug.METHYLPREDNISOLONE)

    assert said("PLAN_NO_CONFORMING", plan).message == (
        "No combination of these steps meets 8 weeks from 64 mg (80 mg prednisone). "
        "Shortest is 10 weeks (70 days)."
    )


def test_many_steps_by_hand_are_counted_not_listed_without_end() -> None:
    small = [(0, 98), (7, 96), (14, 94), (21, 92), (28, 90), (29, 0)]
    plan = revise_remainder(
        plan=a_plan(100),
        starts_on=MONDAY,
        steps=[(MONDAY + timedelta(days=day), Decimal(mg)) for day, mg in small],
    )

    finding = said("STEP_SLOW", plan, edited_from_step=1)

    assert finding.message.endswith("And 2 more.")


def test_findings_come_most_severe_first_then_by_code() -> None:
    found = findings(plan=a_plan(40), context=ClinicalContext(patient=PatientFacts()))

    order = [(each.severity.rank, each.code) for each in found]
    assert order == sorted(order)
    assert found[0].severity is Severity.WARNING
    assert found[-1].severity is Severity.INFO


def test_a_finding_keeps_the_values_it_used_and_its_sources() -> None:
    finding = said("PLAN_LONG", a_plan(40))

    assert finding.values == {"days": "63", "longest_days": "56"}
    assert finding.sources == rule_for("PLAN_LONG").sources
    assert finding.needs_reason


def test_a_rule_that_needs_a_plan_is_not_asked_without_one() -> None:
    with pytest.raises(NoPlanMade):
        _ = Case(Drug.PREDNISONE, Decimal(40), MONDAY, ClinicalContext()).plan


@given(
    plans(),
    STRENGTHS,
    st.none() | st.integers(0, 4000),
    st.sampled_from(WindowAppliesTo),
    st.none() | st.integers(1, 5),
)
def test_whatever_the_plan_the_sentences_are_calm_and_complete(
    plan: Plan,
    strengths: tuple[TabletStrength, ...],
    exposure: int | None,
    applies_to: WindowAppliesTo,
    edited_from: int | None,
) -> None:
    context = ClinicalContext(
        exposure_days_before_start=exposure,
        tablet_strengths=strengths,
        window_applies_to=applies_to,
        edited_from_step=edited_from,
        patient=PatientFacts(confirmed_on=MONDAY),
        alternate_daily_mg=Decimal(0),
    )

    for finding in findings(plan=plan, context=context):
        assert_calm(finding.message)


@given(st.data(), DRUGS, DAYS, st.integers(0, 56), st.none() | st.integers(0, 100))
def test_without_a_plan_the_findings_say_why(
    data: st.DataObject, drug: Drug, starts_on: date, hold_days: int, exposure: int | None
) -> None:
    daily_mg = data.draw(daily_doses(drug))
    conforming = conforming_regimens(
        drug=drug, daily_mg=daily_mg, starts_on=starts_on, hold_days=hold_days
    )

    found = findings_without_plan(
        drug=drug,
        daily_mg=daily_mg,
        starts_on=starts_on,
        conforming=conforming,
        context=ClinicalContext(exposure_days_before_start=exposure, hold_days=hold_days),
    )

    why = {"PLAN_SHORT", "PLAN_NO_CONFORMING", "DRUG_LONG_ACTING"}
    if not conforming.candidates:
        assert len(why & {finding.code for finding in found}) == 1
    for finding in found:
        assert_calm(finding.message)


def assert_calm(message: str) -> None:
    assert not NEVER_SAID.search(message), message
    assert message[0].isupper() or message[0].isdigit()
    assert message.endswith((".", "?"))
    assert "None" not in message
    assert "E+" not in message


def test_every_rule_has_a_title_of_its_own_and_no_title_is_left_over() -> None:
    assert set(TITLES) == {rule.code for rule in STATEMENTS}
    assert len(set(TITLES.values())) == len(TITLES)
    for title in TITLES.values():
        assert title[0].isupper()
        assert not NEVER_SAID.search(title), title
        assert len(title) <= 60


def test_codes_are_unique_and_every_rule_explains_itself() -> None:
    codes = [rule.code for rule in STATEMENTS]

    assert len(set(codes)) == len(codes)
    for rule in STATEMENTS:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]+", rule.code)
        assert rule.sources, rule.code
        assert_calm(rule.says)
        assert_calm(rule.because)


def test_each_topic_has_its_rules_on_the_page() -> None:
    page = markdown()

    assert VERSION in page
    for title, rules in TOPICS:
        assert f"## {title}" in page
        assert all(f"### {rule.code}\n" in page for rule in rules)
    assert page.endswith("\n")
    assert not page.endswith("\n\n")


def test_the_page_names_every_source_and_who_reviewed_it() -> None:
    page = markdown()

    cited = {s.code for r in (*STATEMENTS, *CONTRADICTIONS) for s in r.sources}
    assert page.count("| not yet |") == len(cited)
    assert "marked there as pending human review" in page


def test_the_page_tells_what_contradicts_what_and_what_a_clinic_may_set() -> None:
    page = markdown()

    for each in CONTRADICTIONS:
        assert f"### {each.title}" in page
        assert_calm(each.says)
        assert_calm(each.default)
    assert "| mmt_drop_percent_same_rater | 7.5 | 5 | 20 | % |" in page
    assert "ADRENAL_RED, then ABRUPT_STOP, then AZA_ALLOPURINOL and MTX_DAILY" in page


def test_a_source_is_reviewed_when_a_clinician_signed_and_dated_it() -> None:
    unsigned = sources.ADRENAL_GUIDELINE
    signed = Source(
        code="X1",
        title="A guideline",
        year=2024,
        kind=SourceKind.GUIDELINE,
        mark=Mark.FOUND,
        reviewed_by="A physician",
        reviewed_on=MONDAY,
    )

    assert not unsigned.is_reviewed
    assert signed.is_reviewed
    assert signed.citation == "A guideline (2024) [X1]"


def test_source_codes_are_unique() -> None:
    listed_sources = [each for each in vars(sources).values() if isinstance(each, Source)]

    assert len({each.code for each in listed_sources}) == len(listed_sources)


@pytest.mark.parametrize(
    ("days", "text"),
    [(7, "1 week (7 days)"), (63, "9 weeks (63 days)"), (74, "10.6 weeks (74 days)"),
     (0, "0 weeks (0 days)"), (1, "0.1 weeks (1 day)")],
)  # fmt: skip
def test_weeks_are_written_with_their_days(days: int, text: str) -> None:
    assert weeks_text(days) == text


def test_lists_are_written_for_readers() -> None:
    assert joined(["7.5"]) == "7.5"
    assert joined(["7.5", "5", "2.5"]) == "7.5, 5 and 2.5"
    assert listed(["A.", "B.", "C.", "D."]) == "A. B. C. And 1 more."
