"""Steroid-sparing drugs: what is given, how it may be raised, when blood is checked.

Nothing here starts a drug. The evidence in IBM is shown beside it: sources.METHOTREXATE_TRIAL.
Methotrexate is given once a week; azathioprine in mg a day, after somebody confirmed the unit;
of IVIG only what was given is kept, because the brief names no dose.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from itertools import takewhile

from patients.instruments.reading import Reading
from tapers.domain.errors import OutOfRange, UnitNotConfirmed
from tapers.domain.plan import days_after

EVIDENCE = (
    "In a 48-week trial of 44 people with IBM, methotrexate 5-20 mg a week did not slow weakness; "
    "8 of 21 stopped it, 1 of 23 stopped placebo. CK fell with it, strength did not rise. "
    "(Badrising and others, 2002; not yet reviewed by a clinician here.)"
)
METHOTREXATE_START_MG = Decimal(15)  # a week (sources.BRIEF_METHOTREXATE)
METHOTREXATE_TARGET_MG = Decimal(25)
# What is accepted at all. Above 30 mg a week it is taken for a slip of the pen: no more is
# ordinarily given even in psoriasis (sources.METHOTREXATE_LABEL).
METHOTREXATE_MG = (Decimal("2.5"), Decimal(30))
FOLIC_ACID_MG_PER_WEEK = Decimal(7)  # 1 mg a day
LAST_INCREASE_DAYS = (91, 182)  # 3 to 6 months
WEEK_DAYS = 7
AZATHIOPRINE_MG_PER_KG = Decimal(2)
AZATHIOPRINE_START_MG = Decimal(50)
AZATHIOPRINE_STEP_MG = Decimal(25)
# What is accepted at all: 300 mg are 2 mg a kg for somebody of 150 kg, or 3 for 100. Proposal.
AZATHIOPRINE_MG = (Decimal(25), Decimal(300))
LABEL_FIRST_INCREASE_DAYS = 42  # the label raises after 6 to 8 weeks, then every 4
LABEL_INCREASE_DAYS = 28
INCREMENT_MG = (Decimal("2.5"), Decimal(50))  # what is accepted at all: proposal
MAX_CHECKS = 400


class Agent(StrEnum):
    METHOTREXATE = "METHOTREXATE"
    AZATHIOPRINE = "AZATHIOPRINE"
    IVIG = "IVIG"

    @property
    def label(self) -> str:
        return "IVIG" if self is Agent.IVIG else self.value.capitalize()


class Frequency(StrEnum):
    """How often the dose named is taken."""

    ONCE_A_WEEK = "ONCE_A_WEEK"
    ONCE_A_DAY = "ONCE_A_DAY"
    OTHER = "OTHER"


class Weekday(StrEnum):
    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Pace(StrEnum):
    """Against the brief's 3 to 6 months for methotrexate, the label's pace for azathioprine."""

    WITHIN = "WITHIN"
    FASTER = "FASTER"
    SLOWER = "SLOWER"


class WeightBasis(StrEnum):
    IDEAL = "IDEAL"
    ACTUAL = "ACTUAL"


class Build(StrEnum):
    """For the formula of ideal weight only, which knows two kinds of people."""

    FEMALE = "FEMALE"
    MALE = "MALE"


class CheckScheme(StrEnum):
    """How often blood is checked; the two of azathioprine are its label's and a guideline's."""

    METHOTREXATE = "METHOTREXATE"
    AZATHIOPRINE_LABEL = "AZATHIOPRINE_LABEL"
    AZATHIOPRINE_BSR = "AZATHIOPRINE_BSR"


@dataclass(frozen=True)
class SparingDose:
    """From `on` so many mg, a week or a day as the course's frequency says."""

    on: date
    mg: Decimal


@dataclass(frozen=True)
class SparingCourse:
    """One drug as given or planned. None is not recorded, never 0 and never no.

    `folic_acid_mg_per_week` belongs to methotrexate, `unit_confirmed` to azathioprine, and so does
    `target_weight_kg`, the weight by the chosen basis. Before `recorded_on` the course was not.
    """

    agent: Agent
    doses: tuple[SparingDose, ...]
    frequency: Frequency | None = None
    ended_on: date | None = None
    weekday: Weekday | None = None
    folic_acid_mg_per_week: Decimal | None = None
    unit_confirmed: bool = False
    weight_basis: WeightBasis | None = None
    target_weight_kg: Decimal | None = None
    target_mg: Decimal | None = None
    check_scheme: CheckScheme | None = None
    dense_after_increase: bool = True
    recorded_on: date | None = None

    @property
    def starts_on(self) -> date:
        return self.doses[0].on

    @property
    def increases_on(self) -> tuple[date, ...]:
        return increases_of(self.doses)

    @property
    def scheme(self) -> CheckScheme | None:
        return self.check_scheme or _DEFAULT_SCHEME.get(self.agent)

    def is_given_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ended_on is None or day < self.ended_on)

    def dose_on(self, day: date) -> SparingDose | None:
        begun = [dose for dose in self.doses if dose.on <= day]
        return begun[-1] if begun and self.is_given_on(day) else None


@dataclass(frozen=True)
class Above:
    """A stretch of doses above a limit: its first day, and the highest dose in force or ahead."""

    begins_on: date
    highest_mg: Decimal


def stretch_above(course: SparingCourse, limit_mg: Decimal, *, as_of: date) -> Above | None:
    """Return the stretch above the limit that is in force on *as_of*, else the next one planned."""
    in_force = course.dose_on(as_of)
    left = [dose for dose in course.doses if dose == in_force or dose.on > as_of]
    above = [dose for dose in left if dose.mg > limit_mg]
    if not above:
        return None
    begun = [dose for dose in course.doses if dose.on <= above[0].on]
    stretch = list(takewhile(lambda dose: dose.mg > limit_mg, reversed(begun)))
    return Above(stretch[-1].on, max(dose.mg for dose in above))


@dataclass(frozen=True)
class Infusion:
    """IVIG as it was given, and the creatinine noted before it. Nothing is planned from it."""

    on: date
    product: str
    g_per_kg: Decimal
    reaction: str = ""
    creatinine: Reading | None = None


@dataclass(frozen=True)
class Titration:
    """Doses with the days on which each begins; `pace` is a finding, not a verdict."""

    agent: Agent
    doses: tuple[SparingDose, ...]
    frequency: Frequency
    pace: Pace
    weekday: Weekday | None = None

    @property
    def last_increase_day(self) -> int:
        """Days from the first dose to the last increase; 0 without one."""
        return (self.doses[-1].on - self.doses[0].on).days


@dataclass(frozen=True)
class Increments:
    """Raise by so many mg after so many days."""

    mg: Decimal
    every_days: int


METHOTREXATE_INCREMENTS = (
    Increments(Decimal("2.5"), 28),
    Increments(Decimal("2.5"), 42),
    Increments(Decimal(5), 56),
    Increments(Decimal(5), 28),
)


def methotrexate_options(
    *,
    starts_on: date,
    start_mg: Decimal = METHOTREXATE_START_MG,
    target_mg: Decimal = METHOTREXATE_TARGET_MG,
) -> tuple[Titration, ...]:
    """Return the ways to raise methotrexate that are offered, the gentlest choice first."""
    return tuple(
        methotrexate_titration(
            starts_on=starts_on, increments=increments, start_mg=start_mg, target_mg=target_mg
        )
        for increments in METHOTREXATE_INCREMENTS
    )


def methotrexate_titration(
    *,
    starts_on: date,
    increments: Increments,
    start_mg: Decimal = METHOTREXATE_START_MG,
    target_mg: Decimal = METHOTREXATE_TARGET_MG,
    weekday: Weekday | None = None,
) -> Titration:
    """Return mg a week from the first such weekday on or after *starts_on*.

    Increases fall on that weekday, too. Raise OutOfRange.
    """
    _check(target_mg, METHOTREXATE_MG, "target_mg")
    _check(start_mg, (METHOTREXATE_MG[0], target_mg), "start_mg")
    if increments.every_days % WEEK_DAYS or increments.every_days <= 0:
        raise OutOfRange("every_days", 7, 84, "days, in whole weeks")
    first = _first_such_day(starts_on, weekday)
    doses = _raised(first, start_mg, target_mg, increments.mg, _evenly(increments.every_days))
    return Titration(
        agent=Agent.METHOTREXATE,
        doses=doses,
        frequency=Frequency.ONCE_A_WEEK,
        pace=_pace_of_methotrexate(doses),
        weekday=weekday_of(first),
    )


def weekday_of(day: date) -> Weekday:
    return tuple(Weekday)[day.weekday()]


@dataclass(frozen=True)
class AzathioprineTarget:
    """2 mg a kg a day by one weight: exactly, and rounded down to 25 mg."""

    basis: WeightBasis
    weight_kg: Decimal
    exact_daily_mg: Decimal
    daily_mg: Decimal


def devine_ideal_kg(*, build: Build, height_cm: Decimal) -> Decimal | None:
    """Return ideal body weight (Devine); None below 152.4 cm, where the formula ends."""
    if height_cm < Decimal("152.4"):
        return None
    base = Decimal(50) if build is Build.MALE else Decimal("45.5")
    inches_over_5_feet = height_cm / Decimal("2.54") - 60
    return round(base + Decimal("2.3") * inches_over_5_feet, 1)


def weight_by(
    basis: WeightBasis | None,
    *,
    build: Build | None,
    height_cm: Decimal | None,
    weight_kg: Decimal | None,
) -> Decimal | None:
    """Return the weight by the chosen basis; None where it is not known or none was chosen."""
    if basis is WeightBasis.ACTUAL:
        return weight_kg
    if basis is None or build is None or height_cm is None:
        return None
    return devine_ideal_kg(build=build, height_cm=height_cm)


def azathioprine_targets(
    *, build: Build | None, height_cm: Decimal | None, weight_kg: Decimal | None
) -> tuple[AzathioprineTarget, ...]:
    """Return the target by ideal and by actual weight, as far as they are known; ask which."""
    ideal = devine_ideal_kg(build=build, height_cm=height_cm) if build and height_cm else None
    return tuple(
        _target(basis, weight)
        for basis, weight in ((WeightBasis.IDEAL, ideal), (WeightBasis.ACTUAL, weight_kg))
        if weight is not None
    )


def _target(basis: WeightBasis, weight_kg: Decimal) -> AzathioprineTarget:
    exact = AZATHIOPRINE_MG_PER_KG * weight_kg
    steps = (exact / AZATHIOPRINE_STEP_MG).to_integral_value(ROUND_FLOOR)
    return AzathioprineTarget(basis, weight_kg, exact, steps * AZATHIOPRINE_STEP_MG)


def azathioprine_titration(
    *,
    starts_on: date,
    target_mg: Decimal,
    unit_confirmed: bool,
    start_mg: Decimal = AZATHIOPRINE_START_MG,
    increment_mg: Decimal = AZATHIOPRINE_STEP_MG,
    weekly: bool = False,
) -> Titration:
    """Return mg a day at the label's pace; *weekly* is the brief's, marked as faster.

    Raise UnitNotConfirmed until somebody confirmed mg a day, OutOfRange.
    """
    if not unit_confirmed:
        raise UnitNotConfirmed
    _check(target_mg, AZATHIOPRINE_MG, "target_mg")
    _check(start_mg, (AZATHIOPRINE_MG[0], target_mg), "start_mg")
    days = _evenly(WEEK_DAYS) if weekly else _at_label_pace()
    doses = _raised(starts_on, start_mg, target_mg, increment_mg, days)
    return Titration(
        agent=Agent.AZATHIOPRINE,
        doses=doses,
        frequency=Frequency.ONCE_A_DAY,
        pace=Pace.FASTER if is_faster_than_label(doses) else Pace.WITHIN,
    )


def is_faster_than_label(doses: Sequence[SparingDose]) -> bool:
    """Tell whether the first increase comes before 6 weeks or a later one before 4."""
    days = [doses[0].on, *increases_of(doses)]
    waits = [(after - before).days for before, after in zip(days, days[1:], strict=False)]
    least = [LABEL_FIRST_INCREASE_DAYS, *([LABEL_INCREASE_DAYS] * len(waits))]
    return any(wait < minimum for wait, minimum in zip(waits, least, strict=False))


def increases_of(doses: Sequence[SparingDose]) -> tuple[date, ...]:
    return tuple(
        after.on for before, after in zip(doses, doses[1:], strict=False) if after.mg > before.mg
    )


# Days between checks, until how many days after the start or the last increase; the last one
# has no end. Sources: LAB_METHOTREXATE, AZATHIOPRINE_COUNTS, BSR.
_PHASES: dict[CheckScheme, tuple[tuple[int, int | None], ...]] = {
    CheckScheme.METHOTREXATE: ((28, 91), (56, 182), (84, None)),
    CheckScheme.AZATHIOPRINE_LABEL: ((7, 28), (14, 91), (28, None)),
    CheckScheme.AZATHIOPRINE_BSR: ((14, 42), (28, 133), (84, None)),
}
_DEFAULT_SCHEME = {
    Agent.METHOTREXATE: CheckScheme.METHOTREXATE,
    Agent.AZATHIOPRINE: CheckScheme.AZATHIOPRINE_LABEL,
}


def check_dates(
    *,
    scheme: CheckScheme,
    starts_on: date,
    increases_on: Iterable[date] = (),
    until: date,
    dense_after_increase: bool = True,
) -> tuple[date, ...]:
    """Return the days on which blood is checked, after the baseline, up to and with *until*.

    The interval is the one in force on the day the next check lands. After an increase checks
    are as dense again as at the start, unless *dense_after_increase* is off.
    """
    increases = sorted(increases_on) if dense_after_increase else []
    days: list[date] = []
    last = starts_on
    while len(days) < MAX_CHECKS:
        last = _next_check(scheme, starts_on, increases, last)
        if last > until:
            break
        days.append(last)
    return tuple(days)


def checks_of(course: SparingCourse, *, until: date) -> tuple[date, ...]:
    """Return the dated checks of a course up to *until* or its end; none for IVIG."""
    if course.scheme is None:
        return ()
    end = until if course.ended_on is None else min(until, course.ended_on)
    return check_dates(
        scheme=course.scheme,
        starts_on=course.starts_on,
        increases_on=course.increases_on,
        until=end,
        dense_after_increase=course.dense_after_increase,
    )


def _next_check(
    scheme: CheckScheme, starts_on: date, increases: Sequence[date], last: date
) -> date:
    anchor = max([starts_on, *(day for day in increases if day <= last)])
    regular = _landing(scheme, anchor, last)
    dense = _PHASES[scheme][0][0]
    sooner = [days_after(day, dense) for day in increases if last < day < regular]
    return min([regular, *sooner])


def _landing(scheme: CheckScheme, anchor: date, last: date) -> date:
    """The first interval, from the densest on, whose next check still lies in its own phase."""
    for interval, until_day in _PHASES[scheme]:
        landing = days_after(last, interval)
        if until_day is None or (landing - anchor).days <= until_day:
            return landing
    raise AssertionError("the last phase has no end")


def _raised(
    starts_on: date,
    start_mg: Decimal,
    target_mg: Decimal,
    increment_mg: Decimal,
    waits: Iterator[int],
) -> tuple[SparingDose, ...]:
    _check(increment_mg, INCREMENT_MG, "increment_mg")
    doses = [SparingDose(starts_on, start_mg)]
    while doses[-1].mg < target_mg:
        raised = min(doses[-1].mg + increment_mg, target_mg)
        doses.append(SparingDose(days_after(doses[-1].on, next(waits)), raised))
    return tuple(doses)


def _evenly(days: int) -> Iterator[int]:
    while True:
        yield days


def _at_label_pace() -> Iterator[int]:
    yield LABEL_FIRST_INCREASE_DAYS
    yield from _evenly(LABEL_INCREASE_DAYS)


def _pace_of_methotrexate(doses: Sequence[SparingDose]) -> Pace:
    earliest, latest = LAST_INCREASE_DAYS
    day = (doses[-1].on - doses[0].on).days
    if len(doses) == 1 or earliest <= day <= latest:
        return Pace.WITHIN
    return Pace.FASTER if day < earliest else Pace.SLOWER


def _first_such_day(starts_on: date, weekday: Weekday | None) -> date:
    if weekday is None:
        return starts_on
    wanted = tuple(Weekday).index(weekday)
    return days_after(starts_on, (wanted - starts_on.weekday()) % WEEK_DAYS)


def _check(mg: Decimal, limits: tuple[Decimal, Decimal], field: str) -> None:
    low, high = limits
    if not mg.is_finite() or not low <= mg <= high:
        raise OutOfRange(field, low, high, "mg")
