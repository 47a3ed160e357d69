"""Steroid myopathy or IBM: what the pattern asks for, and what is known of each part.

The rule alone decides whether the pattern is there; this says what it looked at.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from patients.instruments.mmt import Muscle, Scale
from patients.presenters import words
from tapers.domain.dose import mg_text
from tapers.domain.history import days_at_or_above
from tapers.domain.plan import days_after
from tapers.domain.rules.decline import (
    FINGER_CHANGE_POINTS,
    PATTERN_DAYS,
    PATTERN_LEAST_DAYS,
    PATTERN_MG,
    PROXIMAL,
    PROXIMAL_DROP_PERCENT,
    PROXIMAL_DROP_POINTS,
)
from tapers.domain.side_by_side import SeriesAside, SideBySide
from tracker.dashboard.presenters.course.series import trace_name, value_words
from tracker.dashboard.presenters.course.words import change_percent, change_points

CODE = "STEROID_MYOPATHY_PATTERN"
CAVEAT = (
    "This pattern can be seen with steroid muscle effect. It can also be IBM, and both can be "
    "there. Continuing the taper is the usual test. It is a prompt, never a diagnosis."
)


@dataclass(frozen=True)
class Part:
    asks: str
    known: tuple[str, ...]


@dataclass(frozen=True)
class Pattern:
    """`seen`: the rule fired on that day; `message` is what it said."""

    seen: bool
    message: str
    parts: tuple[Part, ...]
    caveat: str = CAVEAT


def pattern_of(course: SideBySide) -> Pattern:
    fired = next((each for each in course.findings if each.code == CODE), None)
    days = days_at_or_above(
        course.facts, mg=PATTERN_MG, days=PATTERN_DAYS, before=days_after(course.as_of, 1)
    )
    return Pattern(
        seen=fired is not None,
        message=fired.message if fired else "",
        parts=(
            Part(
                f"At least {PATTERN_LEAST_DAYS} of the last {PATTERN_DAYS} days at "
                f"{mg_text(PATTERN_MG)} mg or more",
                (f"{words.counted(days, 'day')}; days of unknown dose do not count",),
            ),
            Part("CK not above the laboratory's limit", _last_ck(course)),
            Part(
                f"Hip flexors or quadriceps down by {mg_text(PROXIMAL_DROP_POINTS)} Kendall points "
                f"or knee extension by {mg_text(PROXIMAL_DROP_PERCENT)} %, same rater",
                _changes(course, PROXIMAL) + _changes_of(_coded(course, "KNEE_EXTENSION")),
            ),
            Part(
                f"Deep finger flexors changed by {mg_text(FINGER_CHANGE_POINTS)} at most",
                _changes(course, (Muscle.DEEP_FINGER_FLEXORS,)),
            ),
        ),
    )


def _last_ck(course: SideBySide) -> tuple[str, ...]:
    return tuple(
        f"{value_words(aside.series.readings[-1])}, {words.day(aside.series.readings[-1].on)}"
        for aside in _coded(course, "CK")
    ) or ("not measured",)


def _changes(course: SideBySide, muscles: Collection[Muscle]) -> tuple[str, ...]:
    graded = [
        aside
        for aside in course.series
        if (muscle := aside.series.key.muscle) is not None
        and muscle in muscles
        and aside.series.key.scale is Scale.KENDALL
    ]
    return _changes_of(graded) or ("not measured twice on the Kendall scale",)


def _changes_of(asides: Iterable[SeriesAside]) -> tuple[str, ...]:
    return tuple(
        f"{trace_name(aside)}: {change_points(change)}"
        f"{f' ({change_percent(change)})' if not change.key.muscle else ''}, "
        f"{'same rater' if change.same_rater else 'not the same rater'}"
        for aside in asides
        if (change := aside.change) is not None
    )


def _coded(course: SideBySide, code: str) -> list[SeriesAside]:
    return [aside for aside in course.series if aside.code == code]
