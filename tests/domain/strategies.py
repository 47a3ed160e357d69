"""Anything a prescriber may enter, for property tests."""

from datetime import date
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

from tapers.domain.course import Outcome, Report
from tapers.domain.dose import Drug, TabletStrength, from_prednisone_mg
from tapers.domain.plan import Plan, days_after
from tapers.domain.schedule import Regimen, plan_for

settings.register_profile("domain", deadline=None)  # shared machines are slow at times
settings.load_profile("domain")

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))
DRUGS = st.sampled_from(Drug)


@st.composite
def regimens(draw: st.DrawFn) -> Regimen:
    return Regimen(
        decrement_mg=draw(st.decimals(5, 10, places=2)),
        interval_days=draw(st.integers(7, 14)),
        interval_days_from_10_mg=draw(st.integers(7, 14)),
        hold_days=draw(st.one_of(st.just(0), st.integers(0, 56))),
    )


@st.composite
def daily_doses(draw: st.DrawFn, drug: Drug) -> Decimal:
    """A dose of the drug: half of them on round steps, half anywhere on three decimals."""
    prednisone = draw(st.integers(1, 80)) * Decimal("2.5")
    round_dose = from_prednisone_mg(drug=drug, prednisone_mg=prednisone)
    anywhere = draw(st.decimals(Decimal("0.001"), drug.max_daily_mg, places=3))
    return draw(st.sampled_from([round_dose, anywhere]))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    drug = draw(DRUGS)
    return plan_for(
        drug=drug,
        daily_mg=draw(daily_doses(drug)),
        regimen=draw(regimens()),
        starts_on=draw(DAYS),
    )


@st.composite
def reports_on(draw: st.DrawFn, plan: Plan) -> list[Report]:
    """Words on any of its steps, about their days, late and early and twice."""
    numbers = st.integers(1, len(plan.steps))
    said = []
    for number in draw(st.lists(numbers, max_size=8)):
        offset = draw(st.integers(-3, 20))
        on = days_after(plan.step(number).starts_on, offset)
        said.append(Report(number, draw(st.sampled_from(Outcome)), on))
    return said


STRENGTHS = st.lists(
    st.builds(
        TabletStrength,
        strength_mg=st.sampled_from(
            [
                Decimal(mg)
                for mg in ("0.5", "0.75", "1", "2", "2.5", "4", "5", "6", "16", "20", "50")
            ]
        ),
        scored=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda each: each.strength_mg,
).map(tuple)
