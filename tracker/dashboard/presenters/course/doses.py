"""The dose, planned and taken, and what it adds up to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from patients.presenters import words
from tapers.domain.dose import mg_text, to_prednisone_mg
from tapers.domain.history import HIGH_MG, Exposure
from tapers.domain.record import DoseOfDay, TaperRecord
from tapers.domain.side_by_side import DoseRun, SideBySide
from tracker.dashboard.chart.aligned import (
    Level,
    PanelFacts,
    StepLine,
    Strip,
    TimeAxis,
    drawings_of,
)
from tracker.dashboard.presenters.course.figures import Figure, Row

TEN = Level(HIGH_MG, "10 mg line")


@dataclass(frozen=True)
class SoFar:
    """A run of days with one dose, and what had come together at its end.

    Not complete: a dose up to there is not known, and each sum is the least that it can be.
    """

    run: DoseRun
    cumulative_mg: Decimal
    days_above: int
    is_complete: bool


def dose_figure(course: SideBySide, time: TimeAxis) -> Figure:
    panel = PanelFacts(
        key="dose",
        title="Dose, mg of prednisone a day",
        steps=(*_planned(course.facts.taper, time), *_taken(course.runs, time)),
        levels=(TEN,),
        zero=True,
    )
    return Figure(
        key=panel.key,
        title=panel.title,
        drawings=drawings_of(panel, time=time),
        legend=(),
        notes=(),
        heads=("Until before", "Dose", "Known how", "In all", "Days above 10 mg"),
        rows=tuple(_row(each) for each in reversed(list(so_far(course)))),
    )


def cumulative_figure(course: SideBySide, time: TimeAxis) -> Figure | None:
    """None while no steroid is known."""
    exposure = course.exposure
    if exposure is None:
        return None
    panel = PanelFacts(
        key="cumulative",
        title="Cumulative dose, mg of prednisone",
        line=_line(course, time),
        strips=tuple(
            Strip(run.begins_on, run.ends_on)
            for run in course.runs
            if run.dose is not None
            and run.dose.prednisone_mg > HIGH_MG
            and run.ends_on > time.first
        ),
        zero=True,
    )
    return Figure(
        key=panel.key,
        title=panel.title,
        drawings=drawings_of(panel, time=time),
        legend=(),
        notes=exposure_notes(exposure),
        heads=(),
        rows=(),
    )


def exposure_notes(exposure: Exposure) -> tuple[str, ...]:
    """Say what was counted, and what is not in it."""
    total = f"{at_least(exposure).capitalize()}{mg(exposure.cumulative_mg)}"
    notes = [
        f"{total} since {words.day(exposure.from_on)}; "
        f"{words.counted(exposure.days_above_10_mg, 'day')} above 10 mg, "
        f"{words.counted(exposure.days_from_5_mg, 'day')} at 5 mg or more."
    ]
    if exposure.mean_daily_mg is not None:
        on_steroid = words.counted(exposure.days_on_steroid, "day")
        mean = mg(round(exposure.mean_daily_mg, 1))
        notes.append(f"Mean {mean} a day over the {on_steroid} known to be on steroid.")
    if exposure.estimated_days:
        notes.append(f"{words.counted(exposure.estimated_days, 'day')} as planned, not confirmed.")
    if exposure.unknown_days:
        unknown = words.counted(exposure.unknown_days, "day")
        notes.append(f"{unknown} of unknown dose, not counted as 0.")
    if exposure.earlier_unknown:
        before = words.day(exposure.from_on)
        notes.append(f"What was taken before {before} is not counted: it is not known, or older.")
    return tuple(notes)


def at_least(exposure: Exposure) -> str:
    return _least(exposure.is_complete)


def _least(is_complete: bool) -> str:
    return "" if is_complete else "at least "


def dose_words(dose: DoseOfDay | None) -> str:
    if dose is None:
        return "not known"
    return f"{mg_text(dose.prednisone_mg)} mg a day" if dose.prednisone_mg else "no steroid"


def mg(value: Decimal) -> str:
    return f"{words.number(value)} mg"


def so_far(course: SideBySide) -> Iterator[SoFar]:
    total, above = Decimal(0), 0
    is_complete = course.exposure is not None and not course.exposure.earlier_unknown
    for run in course.runs:
        is_complete = is_complete and run.dose is not None
        if run.dose is not None:
            total += run.dose.prednisone_mg * run.days
            above += run.days if run.dose.prednisone_mg > HIGH_MG else 0
        yield SoFar(run, total, above, is_complete)


def _row(each: SoFar) -> Row:
    run, least = each.run, _least(each.is_complete)
    return Row(
        words.day(run.begins_on),
        (
            words.day(run.ends_on),
            dose_words(run.dose),
            _how(run.dose),
            f"{least}{mg(each.cumulative_mg)}",
            f"{least}{each.days_above}",
        ),
    )


def _how(dose: DoseOfDay | None) -> str:
    if dose is None:
        return "nobody has said"
    return "confirmed" if dose.confirmed else "as planned, not confirmed"


def _planned(taper: TaperRecord | None, time: TimeAxis) -> Iterator[StepLine]:
    if taper is None:
        return
    steps = taper.plan.steps
    ends = [*(step.starts_on for step in steps[1:]), time.last]
    for step, ends_on in zip(steps, ends, strict=True):
        value = to_prednisone_mg(drug=taper.plan.drug, mg=step.daily_mg)
        yield StepLine("planned", step.starts_on, ends_on, value)


def _taken(runs: tuple[DoseRun, ...], time: TimeAxis) -> Iterator[StepLine]:
    for run in runs:
        if run.dose is not None and run.ends_on > time.first:
            kind = "confirmed" if run.dose.confirmed else "estimate"
            yield StepLine(
                kind, max(run.begins_on, time.first), run.ends_on, run.dose.prednisone_mg
            )


def _line(course: SideBySide, time: TimeAxis) -> tuple[tuple[date, Decimal], ...]:
    """What had come together before each change of dose, from the edge of the drawing on."""
    points: list[tuple[date, Decimal]] = []
    for each in so_far(course):
        run, rate = each.run, each.run.dose.prednisone_mg if each.run.dose else Decimal(0)
        if run.ends_on < time.first:
            continue
        begins_on = max(run.begins_on, time.first + timedelta(days=0))
        points.append((begins_on, each.cumulative_mg - rate * (run.ends_on - begins_on).days))
    last = course.runs[-1].ends_on
    return (*points, (last, course.exposure.cumulative_mg)) if course.exposure else ()
