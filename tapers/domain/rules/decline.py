"""Decline beyond error: strength and function, what IBM does on average, what else it may be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from patients.instruments.catalogue import measure_for
from patients.instruments.mmt import Muscle, Scale
from tapers.domain import sources
from tapers.domain.dose import mg_text
from tapers.domain.history import (
    Change,
    Series,
    average_mmt_loss_percent,
    change_between,
    change_since_baseline,
    days_at_or_above,
    series_called,
    series_of,
)
from tapers.domain.plan import days_after
from tapers.domain.record import DatedReading
from tapers.domain.rules.rule import CourseCase, CourseRule, Said, Severity
from tapers.domain.rules.words import day_text, days_text, joined

NATURAL_COURSE_AFTER_DAYS = 56
WITHOUT_TAPER_DAYS = 365  # without a taper the comparison begins so far back: proposal
PATTERN_DAYS, PATTERN_LEAST_DAYS, PATTERN_MG = 90, 28, Decimal(10)
CK_NEAR_DAYS = 28  # so near the day of the weakness a CK belongs to it: proposal
PROXIMAL_DROP_POINTS = Decimal(2)  # Kendall points
PROXIMAL_DROP_PERCENT = Decimal(25)  # of dynamometry
FINGER_CHANGE_POINTS = Decimal(1)
PROXIMAL = (Muscle.ILIOPSOAS, Muscle.QUADRICEPS)


def strength_drop(case: CourseCase) -> Change | None:
    """Return the drop of a strength total beyond its limit, the largest against its limit."""
    drops = [
        change
        for series in series_of(case.facts.readings)
        if _is_strength_total(series)
        if (change := _since_baseline(case, series)) is not None
        and _drop_percent(change) >= _mmt_limit(case, change)
    ]
    return max(drops, key=lambda drop: _drop_percent(drop) / _mmt_limit(case, drop), default=None)


def function_drop(case: CourseCase) -> Change | None:
    for series in series_called(case.facts.readings, "IBMFRS"):
        change = _since_baseline(case, series)
        if change and -change.points >= case.facts.protocol.ibmfrs_note_points:
            return change
    return None


def _is_strength_total(series: Series) -> bool:
    return measure_for(series.key.code).is_strength_total


def strength_declines_going_on(case: CourseCase) -> tuple[str, ...]:
    """Episodes whose strength did not come back, whether or not the last reading tells of them."""
    return tuple(
        _episode_of(series.key.code, baseline)
        for series in series_of(case.facts.readings)
        if _is_strength_total(series) and (baseline := _decline_from(case, series)) is not None
    )


def function_declines_going_on(case: CourseCase) -> tuple[str, ...]:
    return tuple(
        _episode_of(series.key.code, baseline)
        for series in series_called(case.facts.readings, "IBMFRS")
        if (baseline := _decline_from(case, series)) is not None
    )


def _decline_from(case: CourseCase, series: Series) -> DatedReading | None:
    """Return the reading that the present decline is counted from; None where there is none.

    A decline begins with the first reading beyond its limit and keeps that baseline, although
    the one it is compared with moves on. It is over with a reading back within the limit for the
    same rater: another rater's limit is higher, and a reading between the two tells nothing.
    """
    baseline = None
    for number, reading in enumerate(series.readings, start=1):
        if baseline is not None and not _is_still_down(case, change_between(baseline, reading)):
            baseline = None
        if baseline is None:
            so_far = Series(series.key, series.readings[:number])
            change = _since_baseline(replace(case, as_of=reading.on), so_far)
            baseline = change.before if change and _is_beyond(case, change) else None
    return baseline


def _is_beyond(case: CourseCase, change: Change) -> bool:
    if measure_for(change.key.code).is_strength_total:
        return _drop_percent(change) >= _mmt_limit(case, change)
    return -change.points >= case.facts.protocol.ibmfrs_note_points


def _is_still_down(case: CourseCase, change: Change | None) -> bool:
    return change is not None and _is_beyond(case, replace(change, same_rater=True))


def _since_baseline(case: CourseCase, series: Series) -> Change | None:
    taper = case.facts.taper
    if taper is not None:
        return change_since_baseline(series, starts_on=taper.plan.starts_on)
    first = days_after(case.as_of, -WITHOUT_TAPER_DAYS)
    recent = tuple(each for each in series.readings if each.on >= first)
    return change_since_baseline(Series(series.key, recent), starts_on=None) if recent else None


def _drop_percent(change: Change) -> Decimal:
    return -(change.percent_of_scale or Decimal(0))


def _mmt_limit(case: CourseCase, change: Change) -> Decimal:
    protocol = case.facts.protocol
    if change.same_rater:
        return protocol.mmt_drop_percent_same_rater
    return protocol.mmt_drop_percent_other_rater


def strength_fell_beyond_error(case: CourseCase) -> tuple[Said, ...]:
    drop = strength_drop(case)
    if drop is None:
        return ()
    percent, limit = _drop_percent(drop), _mmt_limit(case, drop)
    rater = "the same rater" if drop.same_rater else "another rater, or one not known"
    whole = _whole_decline(case, drop)
    return (
        Said(
            f"Strength total fell {_percent(percent)} % of the scale since "
            f"{day_text(drop.before.on)}, beyond usual test error ({_values(drop)}; {rater}, "
            f"limit {_percent(limit)} %).",
            {
                "measure": drop.key.code,
                "from": _number(drop.before),
                "to": _number(drop.after),
                "drop_points": mg_text(-drop.points),
                "drop_percent": _percent(percent),
                "limit_percent": _percent(limit),
                "same_rater": "yes" if drop.same_rater else "no",
                "baseline_on": str(drop.before.on),
                "measured_on": str(drop.after.on),
            },
            episode=_episode_of(drop.key.code, whole.before),
            extent=_drop_percent(whole),
        ),
    )


def function_fell(case: CourseCase) -> tuple[Said, ...]:
    drop = function_drop(case)
    if drop is None:
        return ()
    repeated = _is_repeated(case, drop)
    warns = -drop.points >= case.facts.protocol.ibmfrs_warning_points or repeated
    again = " This was so at the visit before, too." if repeated else ""
    whole = _whole_decline(case, drop)
    return (
        Said(
            f"Function score fell {_points(-drop.points)} since {day_text(drop.before.on)} "
            f"({_values(drop)}).{again} One person's score varies by about 5.",
            {
                "from": _number(drop.before),
                "to": _number(drop.after),
                "drop_points": mg_text(-drop.points),
                "two_visits": "yes" if repeated else "no",
                "baseline_on": str(drop.before.on),
                "measured_on": str(drop.after.on),
            },
            Severity.WARNING if warns else None,
            episode=_episode_of(drop.key.code, whole.before),
            extent=-whole.points,
        ),
    )


def _is_repeated(case: CourseCase, drop: Change) -> bool:
    """The visit before the last one was already so much below the baseline."""
    between = [
        each
        for series in series_called(case.facts.readings, "IBMFRS")
        for each in series.readings
        if drop.before.on < each.on < drop.after.on
    ]
    before_last = change_between(drop.before, between[-1]) if between else None
    limit = case.facts.protocol.ibmfrs_note_points
    return before_last is not None and -before_last.points >= limit


def how_fast_ibm_goes_on_average(case: CourseCase) -> tuple[Said, ...]:
    drop = strength_drop(case)
    if drop is None:
        return ()
    average = average_mmt_loss_percent(drop.days)
    larger = _drop_percent(drop) > average
    verdict = "this change is larger" if larger else "this change is not larger"
    return (
        Said(
            f"Average IBM loses about {_percent(average)} % in this time "
            f"({days_text(drop.days)}); {verdict}.",
            {"average_percent": _percent(average), "days": str(drop.days)},
            episode=_episode(case, drop),
        ),
    )


def what_the_protocol_says_of_decline(case: CourseCase) -> tuple[Said, ...]:
    drop = strength_drop(case) or function_drop(case)
    taper = case.facts.taper
    if drop is None or taper is None or not _in_window(case):
        return ()
    return (
        Said(
            "The protocol notes that decline during taper is often the natural course. First "
            "check adrenal symptoms, infection, injury, mood, medicines.",
            {"since": str(drop.before.on), "measured_on": str(drop.after.on)},
            episode=_episode(case, drop),
        ),
    )


def declines_in_the_window(case: CourseCase) -> tuple[str, ...]:
    if not _in_window(case):
        return ()
    return (*strength_declines_going_on(case), *function_declines_going_on(case))


def _in_window(case: CourseCase) -> bool:
    taper = case.facts.taper
    if taper is None or case.as_of < taper.plan.starts_on:
        return False
    zero = case.facts.first_zero_on
    return zero is None or case.as_of <= days_after(zero, NATURAL_COURSE_AFTER_DAYS)


def looks_like_steroid_myopathy(case: CourseCase) -> tuple[Said, ...]:
    falls = _proximal_falls(case)
    if not falls or not _ck_was_normal(case, falls) or not _fingers_are_unchanged(case, falls):
        return ()
    on_steroid = days_at_or_above(
        case.facts, mg=PATTERN_MG, days=PATTERN_DAYS, before=days_after(case.as_of, 1)
    )
    if on_steroid < PATTERN_LEAST_DAYS:
        return ()
    which = joined([_what_fell(fall) for fall in falls])
    return (
        Said(
            f"Weaker: {which}, with a normal CK and finger flexors unchanged, after {on_steroid} "
            f"days at {PATTERN_MG} mg or more in {PATTERN_DAYS}. This pattern can be seen with "
            "steroid muscle effect. It can also be IBM. Continuing the taper is the usual test.",
            {
                "fell": which,
                "days_at_10_mg": str(on_steroid),
                "measured_on": str(falls[0].after.on),
            },
            episode=str(min(fall.before.on for fall in falls)),
        ),
    )


def _proximal_falls(case: CourseCase) -> list[Change]:
    """Hip flexor or quadriceps down by 2 Kendall points, or knee extension by 25 %."""
    graded = [
        series
        for muscle in PROXIMAL
        for series in series_called(case.facts.readings, "MMT_MUSCLE", muscle=muscle)
        if series.key.scale is Scale.KENDALL
    ]
    return [
        *_same_rater_falls(case, graded, points=PROXIMAL_DROP_POINTS),
        *_same_rater_falls(
            case,
            series_called(case.facts.readings, "KNEE_EXTENSION"),
            percent=PROXIMAL_DROP_PERCENT,
        ),
    ]


def _same_rater_falls(
    case: CourseCase,
    several: Sequence[Series],
    *,
    points: Decimal | None = None,
    percent: Decimal | None = None,
) -> list[Change]:
    changes = (_since_baseline(case, series) for series in several)
    return [
        change
        for change in changes
        if change is not None
        and change.same_rater
        and (points is None or -change.points >= points)
        and (percent is None or -(change.percent or 0) >= percent)
    ]


def _fingers_are_unchanged(case: CourseCase, falls: Sequence[Change]) -> bool:
    """Measured on the same scale, at least on one side, and changed by 1 point at most."""
    changes = [
        change
        for series in series_called(
            case.facts.readings, "MMT_MUSCLE", muscle=Muscle.DEEP_FINGER_FLEXORS
        )
        if series.key.scale is Scale.KENDALL
        if (change := _since_baseline(case, series)) is not None
    ]
    since = min(fall.before.on for fall in falls)
    compared = [change for change in changes if change.after.on > since]
    return bool(compared) and all(abs(each.points) <= FINGER_CHANGE_POINTS for each in compared)


def _ck_was_normal(case: CourseCase, falls: Sequence[Change]) -> bool:
    """The last CK near the day on which the weakness was measured, and after the baseline."""
    last = max(falls, key=lambda fall: fall.after.on)
    first_on = days_after(last.after.on, -CK_NEAR_DAYS)
    last_on = days_after(last.after.on, CK_NEAR_DAYS)
    near = [
        each.reading
        for series in series_called(case.facts.readings, "CK")
        for each in series.readings
        if first_on <= each.on <= last_on and each.on > last.before.on
    ]
    if not near or near[-1].value is None or near[-1].upper_limit is None:
        return False
    return near[-1].value <= near[-1].upper_limit


def _what_fell(fall: Change) -> str:
    name = fall.key.muscle.label if fall.key.muscle else measure_for(fall.key.code).name
    side = f" {fall.key.side.lower()}" if fall.key.side else ""
    return f"{name.lower()}{side} {_values(fall)}"


def _episode(case: CourseCase, drop: Change) -> str:
    return _episode_of(drop.key.code, _whole_decline(case, drop).before)


def _episode_of(code: str, baseline: DatedReading) -> str:
    return f"{code} since {baseline.on}"


def _whole_decline(case: CourseCase, drop: Change) -> Change:
    """The change since this decline is counted, where that is longer than the comparison."""
    [series] = (each for each in series_of(case.facts.readings) if each.key == drop.key)
    baseline = _decline_from(case, series)
    return (change_between(baseline, drop.after) if baseline else None) or drop


def _values(change: Change) -> str:
    return f"{_number(change.before)} to {_number(change.after)}"


def _number(dated: DatedReading) -> str:
    reading = dated.reading
    return reading.grade or mg_text(reading.value or Decimal(0))


def _points(points: Decimal) -> str:
    return f"{mg_text(points)} point" if points == 1 else f"{mg_text(points)} points"


def _percent(percent: Decimal) -> str:
    """One digit after the point; two where that would hide a quarter, as in 8.75."""
    exact = percent.quantize(Decimal("0.01"))
    return mg_text(exact if exact == percent else percent.quantize(Decimal("0.1")))


def decline_on(case: CourseCase) -> date | None:
    """Return the day of the last reading that shows a decline, for rules beside it."""
    drop = strength_drop(case) or function_drop(case)
    return drop.after.on if drop else None


COURSE_RULES = (
    CourseRule(
        code="MMT_DROP",
        says="A strength total that fell by 7.5 % of its scale with the same rater, or by 10 % "
        "with another, fell by more than test error.",
        severity=Severity.WARNING,
        sources=(sources.RELIABILITY, sources.RELIABILITY_PILOT, sources.PROPOSAL),
        because="Totals are reliable, single muscles are not; scales are never compared with each "
        "other, and a rater not known counts as another. One decline is told once, and again when "
        "strength fell by as much once more.",
        check=strength_fell_beyond_error,
        worsens_by=Decimal("7.5"),
        undecided=strength_declines_going_on,
    ),
    CourseRule(
        code="IBMFRS_DROP",
        says="A function score that fell by 2 points is a note; by 5, or by 2 at two visits in a "
        "row, a warning.",
        severity=Severity.INFO,
        sources=(sources.IBMFRS_VALIDITY, sources.PROPOSAL),
        because="Two points matter on average, but lie inside the noise of one person.",
        check=function_fell,
        worsens_by=Decimal(2),
        undecided=function_declines_going_on,
    ),
    CourseRule(
        code="RATE_NOTE",
        says="Beside a drop of strength stands what average IBM loses in the same time.",
        severity=Severity.INFO,
        sources=(sources.LONGITUDINAL, sources.LONGITUDINAL_2013),
        because="Average loss is 3.7 to 5.2 % a year, under 1 % in 8 weeks, so a drop beyond test "
        "error within a taper is not explained by it.",
        check=how_fast_ibm_goes_on_average,
        undecided=strength_declines_going_on,
    ),
    CourseRule(
        code="NATURAL_HISTORY_NOTE",
        says="From the start of a taper to 8 weeks after its end, a decline carries the "
        "protocol's note on the natural course, and what to check first.",
        severity=Severity.INFO,
        sources=(sources.BRIEF_NATURAL_COURSE, sources.PROPOSAL),
        because="Alone the note would reassure too much: adrenal symptoms, infection, injury, "
        "mood and medicines come first.",
        check=what_the_protocol_says_of_decline,
        undecided=declines_in_the_window,
    ),
    CourseRule(
        code="STEROID_MYOPATHY_PATTERN",
        says="Hip flexors or quadriceps weaker by the same rater, finger flexors unchanged, CK "
        "normal within 28 days of it, after 28 days at 10 mg or more in 90: a pattern seen with "
        "steroid myopathy.",
        severity=Severity.INFO,
        sources=(
            sources.BRIEF_STEROID_MYOPATHY,
            sources.STEROID_MYOPATHY,
            sources.STEROID_OR_MYOSITIS,
            sources.PROPOSAL,
        ),
        because="A prompt, never a diagnosis: IBM can look the same, and both can be there.",
        check=looks_like_steroid_myopathy,
    ),
)
