"""Whatever is on record, the rules of the course answer, calmly and with the same words again."""

import re
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from patients.instruments.catalogue import MEASURES
from patients.instruments.measure import Measure
from patients.instruments.mmt import GRADES, Muscle, Scale
from patients.instruments.reading import check_reading
from tapers.domain.dose import Drug
from tapers.domain.record import (
    CourseFacts,
    DatedReading,
    Diagnosis,
    Fall,
    Medicine,
    SteroidPeriod,
    SymptomReport,
    TaperRecord,
    Test,
    TestDone,
)
from tapers.domain.rules.rule import Severity
from tapers.domain.rules.rulebook import course_findings
from tapers.domain.sparing import Agent, Frequency, SparingCourse, SparingDose
from tapers.domain.symptoms import Symptom, has_red_flag
from tests.domain.strategies import plans, reports_on

TODAY = date(2030, 6, 15)
NEAR = st.integers(-400, 60).map(lambda days: TODAY + timedelta(days=days))
MAYBE = st.none() | st.booleans()
NEVER_SAID = re.compile(r"(?i:recommend|\bsafe\b|successful|should stop)|!|None|E\+")


@st.composite
def readings(draw: st.DrawFn) -> DatedReading:
    measure = draw(st.sampled_from(list(MEASURES.values())))
    if measure.is_graded:
        scale, muscle = draw(st.sampled_from(Scale)), draw(st.sampled_from(Muscle))
        reading = check_reading(
            code=measure.code,
            grade=draw(st.sampled_from(GRADES[scale])),
            scale=scale,
            muscle=muscle,
            side=draw(st.sampled_from(muscle.sides)),
        )
    else:
        reading = check_reading(
            code=measure.code,
            value=draw(_values(measure)),
            unit=measure.unit,
            upper_limit=measure.upper_limit_range[0] if measure.upper_limit_range else None,
            lower_limit=measure.lower_limit_range[1] if measure.lower_limit_range else None,
            side="LEFT" if measure.needs_side else None,
        )
    return DatedReading(draw(NEAR), reading, draw(st.sampled_from(["", "R1", "R2"])))


def _values(measure: Measure) -> st.SearchStrategy[Decimal]:
    assert measure.minimum is not None
    assert measure.maximum is not None
    return st.decimals(measure.minimum, measure.maximum, places=measure.decimals)


@st.composite
def tapers(draw: st.DrawFn) -> TaperRecord:
    plan = draw(plans())
    shift = draw(NEAR) - plan.starts_on
    moved = type(plan)(
        drug=plan.drug,
        start_daily_mg=plan.start_daily_mg,
        steps=tuple(
            type(step)(
                step.number,
                step.starts_on + shift,
                step.ends_on + shift if step.ends_on else None,
                step.daily_mg,
                step.wait_days,
            )
            for step in plan.steps
        ),
    )
    held_on = draw(st.none() | NEAR)
    return TaperRecord(
        plan=moved,
        reports=tuple(draw(reports_on(moved))),
        exposure_days_before_start=draw(st.none() | st.integers(0, 900)),
        held_on=held_on,
        frozen_on=held_on,
        ended_on=draw(st.none() | NEAR),
    )


PERIODS = st.builds(
    SteroidPeriod,
    drug=st.sampled_from(Drug),
    daily_mg=st.decimals(0, 60, places=1),
    begins_on=st.none() | NEAR,
    ends_on=st.none() | NEAR,
    known_on=st.none() | NEAR,
)
COURSES = st.builds(
    SparingCourse,
    agent=st.sampled_from(Agent),
    doses=st.lists(NEAR, min_size=1, max_size=4, unique=True).map(
        lambda days: tuple(
            SparingDose(day, Decimal(15 + 5 * place)) for place, day in enumerate(sorted(days))
        )
    ),
    frequency=st.none() | st.sampled_from(Frequency),
    ended_on=st.none() | NEAR,
    folic_acid_mg_per_week=st.none() | st.sampled_from([Decimal(0), Decimal(7)]),
    unit_confirmed=st.booleans(),
)
FACTS = st.builds(
    CourseFacts,
    diagnosis=st.builds(Diagnosis, confirmed=MAYBE, confirmed_on=st.none() | NEAR),
    taper=st.none() | tapers(),
    periods=st.lists(PERIODS, max_size=3).map(tuple),
    readings=st.lists(readings(), max_size=12).map(tuple),
    symptoms=st.lists(
        st.builds(
            SymptomReport,
            NEAR,
            st.frozensets(st.sampled_from(Symptom), max_size=5),
            told_later=st.booleans(),
            is_history=st.booleans(),
        ),
        max_size=4,
    ).map(tuple),
    falls=st.lists(st.builds(Fall, NEAR, MAYBE), max_size=3).map(tuple),
    sparing=st.lists(COURSES, max_size=2).map(tuple),
    medicines=st.none() | st.frozensets(st.sampled_from(Medicine)),
    tests=st.lists(st.builds(TestDone, st.sampled_from(Test), NEAR), max_size=2).map(tuple),
    pregnant_or_planning=MAYBE,
    regular_alcohol=MAYBE,
    interstitial_lung_disease=MAYBE,
    active_infection=MAYBE,
    live_vaccine_planned=MAYBE,
    low_dose_reason=st.sampled_from(["", "inflammation"]),
)


@given(FACTS)
def test_whatever_is_known_the_answer_is_calm_and_complete(facts: CourseFacts) -> None:
    found = course_findings(facts=facts, as_of=TODAY)

    for finding in found:
        assert not NEVER_SAID.search(finding.message), finding.message
        assert finding.message.endswith((".", "?"))
        assert finding.episode
        assert all(isinstance(value, str) for value in finding.values.values())
    keys = [(finding.code, finding.episode) for finding in found]
    assert len(set(keys)) == len(keys)


@given(FACTS)
def test_the_same_facts_give_the_same_answer_in_whatever_order(facts: CourseFacts) -> None:
    known = facts.known_by(TODAY)

    assert course_findings(facts=known, as_of=TODAY) == course_findings(facts=facts, as_of=TODAY)


@given(FACTS)
def test_nothing_recorded_is_no_finding_and_red_flags_come_first(facts: CourseFacts) -> None:
    assert course_findings(facts=CourseFacts(), as_of=TODAY) == ()

    found = course_findings(facts=facts, as_of=TODAY)

    codes = [finding.code for finding in found]
    critical = [each.code for each in found if each.severity is Severity.CRITICAL]
    if "ADRENAL_RED" in codes:
        assert codes[0] == "ADRENAL_RED"
    assert ("ADRENAL_RED" in critical) == asks_for_a_call(facts)


def asks_for_a_call(facts: CourseFacts) -> bool:
    """A red flag of the last 28 days, today included; told as history, of a week ago at most."""
    return any(
        has_red_flag(report.symptoms)
        and timedelta(0) <= TODAY - report.on <= timedelta(days=7 if report.is_history else 27)
        for report in facts.symptoms
    )
