"""From what was measured to the series and the table of the chart."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from patients.instruments.catalogue import MEASURES
from patients.instruments.measure import Direction, MeasureDomain
from patients.instruments.mmt import Scale
from patients.presenters import words
from patients.presenters.measures import multiple, short_name, value_of
from tapers.domain.dose import mg_text
from tracker.dashboard.chart import ChartFacts, Reading, Series, taken_on, value_on

if TYPE_CHECKING:
    from patients.models import Assessment
    from patients.selectors import MeasurementPoint

HUNDRED = Decimal(100)

# How far one total may be off by chance, in percent of the full score: the smallest change that can
# be told from error is about 5.5 of 80 points for an MMT total (standard error about 2 points in a
# pilot) and about 5 of 40 points for IBMFRS (standard error 1.7 to 1.8).
ERROR = {"MMT": Decimal(7), "IBMFRS": Decimal("12.5")}
# Published average loss a year, slowest to fastest, in percent of the full score: MMT 3.5 to 5.5 %
# (a cohort of 181), IBMFRS 2 to 6 of 40 points. Averages: no course of one person.
YEARLY_LOSS = {
    "MMT": (Decimal("3.5"), Decimal("5.5")),
    "IBMFRS": (Decimal(5), Decimal(15)),
}
PREFERRED = ("IBMFRS",)


@dataclass(frozen=True)
class TableRow:
    day: str
    planned: str
    taken: str
    strength: str
    function: str
    ck: str
    is_today: bool


@dataclass(frozen=True)
class TableTwin:
    strength: str
    function: str
    rows: tuple[TableRow, ...]


def strength_series(
    points: Sequence["MeasurementPoint"], raters: dict[object, str]
) -> Series | None:
    return _series(_most_of(points, MeasureDomain.MMT), raters, "MMT")


def function_series(
    points: Sequence["MeasurementPoint"], raters: dict[object, str]
) -> Series | None:
    return _series(_most_of(points, MeasureDomain.FUNCTION), raters, "IBMFRS")


def ck_readings(points: Iterable["MeasurementPoint"]) -> tuple[Reading, ...]:
    return tuple(
        Reading(
            day=point.assessed_on,
            share=point.value / point.upper_limit,
            text=f"CK {multiple(point.value, point.upper_limit)} × upper limit "
            f"({words.number(point.value)} U/L)",
        )
        for point in points
        if point.code == "CK" and point.value is not None and point.upper_limit
    )


def raters_by_visit(assessments: Iterable["Assessment"]) -> dict[object, str]:
    return {assessment.pk: assessment.rater for assessment in assessments}


def _most_of(
    points: Sequence["MeasurementPoint"], domain: MeasureDomain
) -> list["MeasurementPoint"]:
    """The readings of one measure, on one scale: the preferred one, else the most frequent."""
    held = [
        point
        for point in points
        if MEASURES[point.code].domain is domain and point.value is not None and not point.muscle
    ]
    counts = Counter(point.code for point in held)
    if not counts:
        return []
    code = next((each for each in PREFERRED if each in counts), counts.most_common(1)[0][0])
    held = [point for point in held if point.code == code]
    scale = Counter(point.scale for point in held).most_common(1)[0][0]
    return [point for point in held if point.scale == scale]


def _series(
    points: list["MeasurementPoint"], raters: dict[object, str], family: str
) -> Series | None:
    if not points:
        return None
    code = points[0].code
    is_score = (
        MEASURES[code].unit == "{score}" and MEASURES[code].direction is not Direction.LOW_IS_BETTER
    )
    known = is_score and (family == "MMT" or code == family)
    return Series(
        name=short_name(code) if is_score else f"{short_name(code)}, % of first",
        readings=tuple(
            Reading(
                day=point.assessed_on,
                share=_share(point, points[0]),
                text=f"{short_name(code)} {value_of(point)}",
                rater=raters.get(point.assessment_id, ""),
            )
            for point in points
        ),
        error=ERROR[family] if known else None,
        yearly_loss=YEARLY_LOSS[family] if known else None,
    )


def _share(point: "MeasurementPoint", first: "MeasurementPoint") -> Decimal:
    """Percent of the full score; where there is none, of the first value, better upwards."""
    measure = MEASURES[point.code]
    value, start = point.value or Decimal(0), first.value or Decimal(0)
    if measure.direction is Direction.LOW_IS_BETTER:
        return start / value * HUNDRED if value else HUNDRED
    whole = measure.maximum_on(Scale(point.scale) if point.scale else None)
    if measure.unit == "{score}" and whole:
        return value / whole * HUNDRED
    return value / start * HUNDRED if start else HUNDRED


def table_twin(facts: ChartFacts, points: Sequence["MeasurementPoint"]) -> TableTwin:
    """Every day on which something is known, the newest first."""
    days = sorted(
        {day for day, _ in facts.planned} | {point.assessed_on for point in points} | {facts.today}
    )
    return TableTwin(
        strength=facts.strength.name if facts.strength else "Strength",
        function=facts.function.name if facts.function else "Function",
        rows=tuple(_table_row(day, facts, points) for day in reversed(days)),
    )


def _table_row(day: date, facts: ChartFacts, points: Sequence["MeasurementPoint"]) -> TableRow:
    planned = value_on(facts.planned, day)
    taken = taken_on(facts, day)
    on_day = [point for point in points if point.assessed_on == day and not point.muscle]
    return TableRow(
        day=words.day(day),
        planned=f"{mg_text(planned)} mg" if planned is not None else "",
        taken=f"{mg_text(taken)} mg" if taken is not None else "",
        strength=_of(on_day, MeasureDomain.MMT),
        function=_of(on_day, MeasureDomain.FUNCTION),
        ck=_ck(on_day),
        is_today=day == facts.today,
    )


def _of(points: Iterable["MeasurementPoint"], domain: MeasureDomain) -> str:
    return ", ".join(
        f"{short_name(point.code)} {value_of(point)}"
        for point in points
        if MEASURES[point.code].domain is domain
    )


def _ck(points: Iterable["MeasurementPoint"]) -> str:
    return ", ".join(
        f"{multiple(point.value, point.upper_limit)} × ({words.number(point.value)} U/L)"
        for point in points
        if point.code == "CK" and point.value is not None and point.upper_limit
    )
