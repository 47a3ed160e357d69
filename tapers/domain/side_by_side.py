"""Everything about the course of one patient on one day, in the order in which it is read.

Page and REST show this and work nothing out themselves, so that they cannot differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from patients.instruments.catalogue import measure_for
from tapers.domain.annotations import Annotation, annotations_of
from tapers.domain.course import next_step
from tapers.domain.history import (
    AroundCut,
    Band,
    Change,
    ErrorBand,
    Exposure,
    Series,
    around_cuts,
    baseline_of,
    change_since_baseline,
    error_band,
    exposure_between,
    natural_band,
    number_of,
    series_of,
)
from tapers.domain.plan import DoseStep, days_after
from tapers.domain.record import CourseFacts, DatedReading, DoseOfDay, earlier_of
from tapers.domain.rules.rule import Finding
from tapers.domain.rules.rulebook import course_findings
from tapers.domain.toxicity import GRACE_DAYS, FollowUp, Item, follow_up_due, follow_up_ends_on

EXPOSURE_YEARS_BACK = 10


@dataclass(frozen=True)
class SeriesAside:
    """A series with what is needed to read it; `natural` is where average IBM would be by then."""

    series: Series
    baseline: DatedReading | None
    change: Change | None
    cuts: tuple[AroundCut, ...]
    natural: Band | None
    error: ErrorBand

    @property
    def code(self) -> str:
        return self.series.key.code


@dataclass(frozen=True)
class DoseRun:
    """Days of [begins_on, ends_on) with one dose, mg of prednisone; None where it is not known."""

    begins_on: date
    ends_on: date
    dose: DoseOfDay | None

    @property
    def days(self) -> int:
        return (self.ends_on - self.begins_on).days


@dataclass(frozen=True)
class DoseTaken:
    """A dose from `begins_on`, None where that is not known, to before `ends_on`."""

    begins_on: date | None
    ends_on: date | None
    dose: DoseOfDay


@dataclass(frozen=True)
class LateStep:
    step: DoseStep
    days_late: int


@dataclass(frozen=True)
class SideBySide:
    """What was known on `as_of`: nothing measured, said or done later is in it."""

    as_of: date
    facts: CourseFacts
    done: Mapping[Item, Sequence[date]]

    @cached_property
    def series(self) -> tuple[SeriesAside, ...]:
        return tuple(self._aside(each) for each in series_of(self.facts.readings))

    @cached_property
    def without_a_number(self) -> tuple[DatedReading, ...]:
        """Unable, or a grade such as 4+, which is no number."""
        return tuple(each for each in self.facts.readings if number_of(each) is None)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        return course_findings(facts=self.facts, as_of=self.as_of)

    @cached_property
    def annotations(self) -> tuple[Annotation, ...]:
        return annotations_of(self.facts, as_of=self.as_of)

    @cached_property
    def exposure(self) -> Exposure | None:
        """From the first known day, ten years back at most; None before any steroid is known."""
        begins_on = self.exposure_begins_on
        if begins_on is None:
            return None
        return exposure_between(self.facts, from_on=begins_on, to_on=days_after(self.as_of, 1))

    @cached_property
    def exposure_begins_on(self) -> date | None:
        begins_on = self.facts.steroid_begins_on
        if begins_on is None or begins_on > self.as_of:
            return None
        return max(begins_on, days_after(self.as_of, -365 * EXPOSURE_YEARS_BACK))

    @cached_property
    def runs(self) -> tuple[DoseRun, ...]:
        """The doses of those days, joined where nothing changes; unknown days stand as such."""
        begins_on = self.exposure_begins_on
        if begins_on is None:
            return ()
        days = (self.as_of - begins_on).days + 1
        runs: list[DoseRun] = []
        for day in (begins_on + timedelta(days=offset) for offset in range(days)):
            dose, ends_on = self.facts.dose_on(day), day + timedelta(days=1)
            if runs and runs[-1].dose == dose:
                runs[-1] = DoseRun(runs[-1].begins_on, ends_on, dose)
            else:
                runs.append(DoseRun(day, ends_on, dose))
        return tuple(runs)

    @cached_property
    def doses_taken(self) -> tuple[DoseTaken, ...]:
        """Recorded doses up to the first taper, which end when it begins; then one dose a day."""
        begun = [each.begins_on for each in self.facts.tapers if each.begins_on <= self.as_of]
        since = min(begun, default=None)
        recorded = [
            DoseTaken(
                each.begins_on,
                earlier_of(each.ends_on, since),
                DoseOfDay(each.prednisone_mg, confirmed=True),
            )
            for each in self.facts.periods
            if since is None or each.begins_on is None or each.begins_on < since
        ]
        return (*recorded, *(self._taken_since(since) if since else ()))

    def _taken_since(self, since: date) -> Iterator[DoseTaken]:
        for run in self.runs:
            if run.dose is not None and run.ends_on > since:
                goes_on = run.ends_on > self.as_of
                yield DoseTaken(
                    max(run.begins_on, since), None if goes_on else run.ends_on, run.dose
                )

    @property
    def dose(self) -> DoseOfDay | None:
        return self.facts.dose_on(self.as_of)

    @property
    def next_step(self) -> DoseStep | None:
        """The step after the dose in force, late or not; None unless the taper is active."""
        taper = self.facts.taper
        if taper is None or not taper.is_active:
            return None
        return next_step(plan=taper.plan, reports=taper.reports, on=self.as_of)

    @property
    def late_step(self) -> LateStep | None:
        """A step whose day has come and that nobody confirmed; on its own day by 0 days."""
        taper = self.facts.taper
        late = taper.late_step_on(self.as_of) if taper and taper.is_active else None
        return LateStep(*late) if late else None

    @cached_property
    def follow_up(self) -> tuple[FollowUp, ...]:
        """What steroids may do and is looked for: the next of each, the soonest first."""
        begins_on = self.follow_up_begins_on
        if begins_on is None or self.follow_up_is_over:
            return ()
        return follow_up_due(
            begins_on=begins_on,
            first_zero_on=self.facts.first_zero_on,
            done=self.done,
            on=self.as_of,
        )

    @property
    def follow_up_ends_on(self) -> date | None:
        """Twelve months after the first day without steroid; None while none is in sight."""
        zero = self.facts.first_zero_on
        return follow_up_ends_on(first_zero_on=zero) if zero else None

    @property
    def follow_up_is_over(self) -> bool:
        ends_on = self.follow_up_ends_on
        return ends_on is not None and self.as_of > days_after(ends_on, GRACE_DAYS)

    @property
    def follow_up_begins_on(self) -> date | None:
        """The first day of the taper, or of the steroid where there is no taper."""
        taper = self.facts.taper
        return taper.begins_on if taper else self.facts.steroid_begins_on

    def _aside(self, series: Series) -> SeriesAside:
        taper = self.facts.taper
        starts_on = taper.plan.starts_on if taper else None
        baseline = baseline_of(series, starts_on=starts_on)
        cuts = around_cuts(taper, series) if taper else ()
        return SeriesAside(
            series=series,
            baseline=baseline,
            change=change_since_baseline(series, starts_on=starts_on),
            cuts=tuple(cut for cut in cuts if cut.on <= self.as_of),
            natural=band_from(baseline, on=self.as_of),
            error=error_band(series.key.code),
        )


def band_from(baseline: DatedReading | None, *, on: date) -> Band | None:
    value = number_of(baseline) if baseline else None
    if baseline is None or value is None:
        return None
    return natural_band(
        code=baseline.reading.code,
        value=value,
        since=baseline.on,
        on=on,
        scale=baseline.reading.scale,
    )


def error_limits(aside: SeriesAside) -> tuple[Decimal, Decimal] | None:
    """Return the error limits in the unit of the measure, at the baseline; None where unknown."""
    value = number_of(aside.baseline) if aside.baseline else None
    error = aside.error
    if not error.known or value is None or aside.baseline is None:
        return None
    whole = measure_for(aside.code).maximum_on(aside.series.key.scale) if error.of_scale else value
    if whole is None:
        return None
    return whole * error.low_percent / 100, whole * error.high_percent / 100
