"""Which series stand in one panel, and their readings as points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from patients.instruments.catalogue import measure_for
from patients.instruments.measure import Direction, Measure, MeasureDomain
from patients.instruments.mmt import Muscle, Scale
from patients.presenters.measures import detail_of, name_of, short_name, unit_words, value_of
from tapers.domain.history import key_of
from tapers.domain.record import DatedReading
from tapers.domain.rules.words import upper_first
from tapers.domain.side_by_side import SeriesAside, SideBySide

FINGERS = (Muscle.DEEP_FINGER_FLEXORS,)
PROXIMAL = (Muscle.ILIOPSOAS, Muscle.QUADRICEPS)
WITH_STRENGTH = ("KNEE_EXTENSION", "GRIP")
NOT_DRAWN = (MeasureDomain.VITALS,)


@dataclass(frozen=True)
class PanelKey:
    """Series with the same key share an axis: one measure, one scale, and what belongs together."""

    code: str
    scale: Scale | None = None
    muscles: tuple[Muscle, ...] = ()

    @property
    def measure(self) -> Measure:
        return measure_for(self.code)

    @property
    def ident(self) -> str:
        parts = (self.code, self.scale or "", self.muscles[0] if self.muscles else "")
        return "-".join(part.lower().replace("_", "-") for part in parts if part)


def panels_of(course: SideBySide) -> dict[PanelKey, tuple[SeriesAside, ...]]:
    """Return the series that are drawn, by panel: strength, then function, CK, the rest."""
    found: dict[PanelKey, list[SeriesAside]] = {}
    for aside in course.series:
        key = _panel_of(aside)
        if key is not None:
            found.setdefault(key, []).append(aside)
    return {key: tuple(found[key]) for key in sorted(found, key=_order)}


def _panel_of(aside: SeriesAside) -> PanelKey | None:
    key = aside.series.key
    measure = measure_for(key.code)
    if measure.item_of or measure.domain in NOT_DRAWN or measure.needs_lower_limit:
        return None
    if measure.is_graded:
        group = next((each for each in (PROXIMAL, FINGERS) if key.muscle in each), None)
        return PanelKey(key.code, key.scale, group) if group else None
    if measure.domain is MeasureDomain.OTHER and not _is_of_the_course(measure):
        return None
    return PanelKey(key.code, key.scale)


def _is_of_the_course(measure: Measure) -> bool:
    """Strength by dynamometer, swallowing, breathing; no laboratory values."""
    return measure.code in WITH_STRENGTH or measure.code.startswith(("EAT10", "FVC"))


def _order(key: PanelKey) -> tuple[int, int, str]:
    measure = key.measure
    if measure.domain is MeasureDomain.MMT:
        return (0, 2 if key.muscles == FINGERS else int(measure.is_graded), key.ident)
    if measure.code in WITH_STRENGTH:
        return (0, 3, key.ident)
    if measure.domain is MeasureDomain.FUNCTION:
        return (1, int(measure.code != "IBMFRS"), key.ident)
    return (2 if measure.domain is MeasureDomain.CK else 3, 0, key.ident)


def title_of(key: PanelKey) -> str:
    """Return "Timed up and go, s (lower is better)"."""
    measure = key.measure
    if measure.domain is MeasureDomain.CK:
        return "CK, multiples of the laboratory's upper limit"
    name = " and ".join(muscle.label.lower() for muscle in key.muscles) or measure.name
    scale = f", {key.scale.label}" if key.scale else ""
    unit = "" if measure.is_graded else f", {_unit(measure, key.scale)}"
    lower = " (lower is better)" if measure.direction is Direction.LOW_IS_BETTER else ""
    return f"{upper_first(name)}{scale}{unit}{lower}"


def _unit(measure: Measure, scale: Scale | None) -> str:
    whole = measure.maximum_on(scale)
    if measure.unit == "{score}" and whole is not None:
        return f"points of {whole}"
    return unit_words(measure)


def trace_name(aside: SeriesAside) -> str:
    """Return what tells this series from its neighbours in the panel: "Quadriceps, left"."""
    reading = aside.series.readings[0].reading
    if reading.muscle or reading.side:
        return name_of(reading)
    return short_name(reading.code)


def names_in(asides: Sequence[SeriesAside]) -> tuple[str, ...]:
    """Return their names for one panel: where only the side differs, the side."""
    if len(asides) > 1 and len({(a.code, a.series.key.muscle) for a in asides}) == 1:
        return tuple((a.series.key.side or "side not told").capitalize() for a in asides)
    return tuple(trace_name(each) for each in asides)


def readings_like(course: SideBySide, aside: SeriesAside) -> tuple[DatedReading, ...]:
    """Return all readings of the series, those that could not be done among them."""
    return tuple(each for each in course.facts.readings if key_of(each) == aside.series.key)


def missed_days(course: SideBySide, aside: SeriesAside) -> frozenset[date]:
    """Return visits that measured something of the same kind, but not this."""
    domain = measure_for(aside.code).domain
    measured = {each.on for each in readings_like(course, aside)}
    return frozenset(
        each.on
        for each in course.facts.readings
        if measure_for(each.reading.code).domain is domain and each.on not in measured
    )


def value_words(dated: DatedReading) -> str:
    """Return "55 of 80", "480 U/L, 1.6 × the upper limit of 308 U/L", "unable"."""
    detail = detail_of(dated.reading)
    return ", ".join(part for part in (value_of(dated.reading), detail) if part)


def rater_words(dated: DatedReading, baseline: DatedReading | None) -> str:
    """Say who measured, and whether that can be compared with the baseline."""
    who = dated.rater or "rater not known"
    if baseline is None or dated == baseline:
        return f"{who} (baseline)" if baseline is not None else who
    return f"{who} (same rater)" if dated.same_rater_as(baseline) else f"{who} (not the same rater)"
