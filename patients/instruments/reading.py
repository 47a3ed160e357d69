"""One measured value, checked against its measure before anything is stored."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from patients.instruments.catalogue import canonical_unit, factor_from, measure_for
from patients.instruments.errors import BadReading
from patients.instruments.measure import Direction, Measure
from patients.instruments.mmt import Muscle, Scale, Side, check_grade

Coded = TypeVar("Coded", bound=StrEnum)
LARGEST = Decimal(10) ** 12  # beyond it nothing is converted, only refused
MAX_HOURS_SINCE_DOSE = 1000
KEPT_DECIMALS = 3  # of what was written in another unit


class State(StrEnum):
    """Why there is no value. Unable is a finding of its own, never a zero."""

    UNABLE = "UNABLE"


@dataclass(frozen=True)
class Reading:
    """A value in the measure's own unit, or a raw grade, or a state instead of either.

    `given_value` and `given_upper_limit` are what was written in another unit, where it was
    converted. `confirmed`: who recorded it says that it is right, should it be unlikely.
    """

    code: str
    value: Decimal | None
    grade: str | None
    unit: str
    upper_limit: Decimal | None = None
    scale: Scale | None = None
    side: Side | None = None
    muscle: Muscle | None = None
    state: State | None = None
    lower_limit: Decimal | None = None
    hours_since_dose: int | None = None
    takes_oral_oestrogen: bool | None = None
    given_unit: str = field(default="", compare=False)  # as it was written
    given_value: Decimal | None = field(default=None, compare=False)
    given_upper_limit: Decimal | None = field(default=None, compare=False)
    confirmed: bool = field(default=False, compare=False)

    @property
    def original_unit(self) -> str:
        """The unit as it was written, where that is another spelling or another unit."""
        return self.given_unit if self.given_unit != self.unit else ""


def check_reading(
    *,
    code: str,
    value: Decimal | None = None,
    grade: str | None = None,
    unit: str | None = None,
    upper_limit: Decimal | None = None,
    scale: str | None = None,
    side: str | None = None,
    muscle: str | None = None,
    state: str | None = None,
    lower_limit: Decimal | None = None,
    hours_since_dose: int | None = None,
    takes_oral_oestrogen: bool | None = None,
    confirmed: bool = False,
) -> Reading:
    """Return the reading in canonical form. Raise BadReading, naming the field and what is allowed.

    The raw grade of one muscle may come as *grade* or, where it is a number, as *value*. A value
    in a unit that the measure converts is converted with its limit; the original is kept.
    """
    measure = measure_for(code)
    own_unit = _own_unit(measure, unit, state)
    factor = factor_from(measure, unit)
    given, given_limit = (value, upper_limit) if factor != 1 else (None, None)
    value, upper_limit = (_converted(measure, each, factor) for each in (value, upper_limit))
    coded = _state(measure, state)
    which_scale = _scale(measure, scale)
    _check_adds_up(measure, which_scale)
    which_muscle = _muscle(measure, muscle)
    which_side = _side(measure, side, which_muscle)
    number, raw = _value_and_grade(measure, coded, which_scale, value, grade)
    checked_limit = _upper_limit(measure, upper_limit)
    for field_name, written in (("value", given), ("upper_limit", given_limit)):
        _check_can_be_kept(field_name, written)
    _check_beside(measure, hours_since_dose, takes_oral_oestrogen)
    return Reading(
        code=measure.code,
        value=number,
        grade=raw,
        unit=own_unit,
        upper_limit=checked_limit,
        lower_limit=_lower_limit(measure, lower_limit),
        scale=which_scale,
        side=which_side,
        muscle=which_muscle,
        state=coded,
        hours_since_dose=hours_since_dose,
        takes_oral_oestrogen=takes_oral_oestrogen,
        given_unit=" ".join((unit or "").split()),
        given_value=given,
        given_upper_limit=given_limit,
        confirmed=confirmed,
    )


def _own_unit(measure: Measure, unit: str | None, state: str | None) -> str:
    """Checked before the value, whose allowed digits and range are those of its unit."""
    return measure.unit if state and not unit else canonical_unit(measure, unit)


def _converted(measure: Measure, value: Decimal | None, factor: Decimal) -> Decimal | None:
    """The value in the measure's own unit, with as many digits as make sense there."""
    if value is None or factor == 1 or not value.is_finite() or abs(value) >= LARGEST:
        return value
    return round(value * factor, measure.decimals)


def _check_can_be_kept(field_name: str, written: Decimal | None) -> None:
    if written is not None and written != round(written, KEPT_DECIMALS):
        raise BadReading(field_name, f"Give {_precision(KEPT_DECIMALS)}.")


def _check_beside(measure: Measure, hours: int | None, oestrogen: bool | None) -> None:
    """What a morning cortisol is read by; no other measure has it."""
    if hours is not None and not (measure.asks_about_dose and 0 <= hours <= MAX_HOURS_SINCE_DOSE):
        allowed = f"from 0 to {MAX_HOURS_SINCE_DOSE}, with morning cortisol only"
        raise BadReading("hours_since_dose", f"Give whole hours {allowed}.")
    if oestrogen is not None and not measure.asks_about_dose:
        raise BadReading("takes_oral_oestrogen", "This is asked with morning cortisol only.")


def _value_and_grade(
    measure: Measure,
    state: State | None,
    scale: Scale | None,
    value: Decimal | None,
    grade: str | None,
) -> tuple[Decimal | None, str | None]:
    if state is not None:
        if value is not None or grade:
            raise BadReading("value", "Give either a value or unable, not both.")
        return None, None
    if scale is not None and measure.is_graded:
        return _graded(scale, value, grade)
    if grade:
        said = f"is a number, not a grade; give one from {measure.range_text}."
        raise BadReading("value", f"{measure.name} {said}")
    return _checked_value(measure, value, scale), None


def _graded(
    scale: Scale, value: Decimal | None, grade: str | None
) -> tuple[Decimal | None, str | None]:
    """The grade as text, and as a number where the scale's grades are whole numbers."""
    text = grade if grade or value is None else _number_text(value)
    written = check_grade(scale, text or "")
    if value is not None and grade and _number_text(value) != written:
        raise BadReading("value", "The grade and the value differ; give one of them.")
    counts = scale is not Scale.MRC_EXPANDED and written.isdigit()
    return (Decimal(written) if counts else None), written


def _number_text(value: Decimal) -> str:
    whole = value.is_finite() and abs(value) < 1000 and value == value.to_integral_value()
    return str(int(value)) if whole else str(value)


def _checked_value(measure: Measure, value: Decimal | None, scale: Scale | None) -> Decimal:
    on_scale = f" on the scale {scale.label}" if scale else ""
    allowed = f"{measure.name}: give a number from {measure.range_on(scale)}{on_scale}."
    if value is None or not value.is_finite():
        raise BadReading("value", allowed)
    if not _inside(value, measure.minimum, measure.maximum_on(scale)):
        raise BadReading("value", allowed)
    if value != round(value, measure.decimals):
        raise BadReading("value", f"{measure.name}: give {_precision(measure.decimals)}.")
    return round(value, measure.decimals) if measure.decimals else value.to_integral_value()


def _precision(decimals: int) -> str:
    if not decimals:
        return "a whole number"
    return f"at most {decimals} {'digit' if decimals == 1 else 'digits'} after the point"


def _inside(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)


def _upper_limit(measure: Measure, upper_limit: Decimal | None) -> Decimal | None:
    if not measure.needs_upper_limit:
        if upper_limit is not None:
            raise BadReading("upper_limit", f"{measure.name} has no upper limit of a laboratory.")
        return None
    return _limit_inside(measure, measure.upper_limit_range, "upper_limit", upper_limit)


def _lower_limit(measure: Measure, lower_limit: Decimal | None) -> Decimal | None:
    if not measure.needs_lower_limit:
        if lower_limit is not None:
            raise BadReading("lower_limit", f"{measure.name} has no lower limit of a laboratory.")
        return None
    return _limit_inside(measure, measure.lower_limit_range, "lower_limit", lower_limit)


def _limit_inside(
    measure: Measure,
    limits: tuple[Decimal, Decimal] | None,
    field: str,
    limit: Decimal | None,
) -> Decimal:
    low, high = limits or (None, None)
    word = "upper" if field == "upper_limit" else "lower"
    allowed = f"Give the laboratory's own {word} limit, {low} to {high} {measure.unit_words}."
    if limit is None or not limit.is_finite() or not _inside(limit, low, high):
        raise BadReading(field, allowed)
    if limit != round(limit, 1):
        raise BadReading(field, "Give at most 1 digit after the point.")
    return round(limit, 1)


def _state(measure: Measure, state: str | None) -> State | None:
    chosen = _chosen(State, "state", state)
    if chosen and not measure.allows_unable:
        raise BadReading("state", f"{measure.name} cannot be recorded as unable.")
    return chosen


def _scale(measure: Measure, scale: str | None) -> Scale | None:
    chosen = _chosen(Scale, "scale", scale)
    if chosen and not measure.allows_scale:
        raise BadReading("scale", f"{measure.name} has no scale to choose.")
    if not chosen and measure.needs_scale:
        raise BadReading("scale", f"Give the scale of the grade: {_listed(Scale)}.")
    return chosen


def _check_adds_up(measure: Measure, scale: Scale | None) -> None:
    """A total is of whole-number grades: with + and - there is no agreed sum."""
    if scale is None or not measure.is_strength_total or measure.maximum_on(scale) is not None:
        return
    allowed = " or ".join(each for each in Scale if measure.maximum_on(each) is not None)
    raise BadReading(
        "scale",
        f"{measure.name}: grades with + and - have no agreed sum. Give the total on {allowed}, "
        "or the grade of each muscle.",
    )


def _muscle(measure: Measure, muscle: str | None) -> Muscle | None:
    chosen = _chosen(Muscle, "muscle", muscle)
    if chosen and not measure.needs_muscle:
        raise BadReading("muscle", f"{measure.name} is not of one muscle.")
    if not chosen and measure.needs_muscle:
        raise BadReading("muscle", f"Give the muscle: {_listed(Muscle)}.")
    return chosen


def _side(measure: Measure, side: str | None, muscle: Muscle | None) -> Side | None:
    chosen = _chosen(Side, "side", side)
    if chosen and not measure.allows_side:
        raise BadReading("side", f"{measure.name} has no side.")
    allowed = muscle.sides if muscle else (Side.LEFT, Side.RIGHT)
    if (chosen and chosen not in allowed) or (not chosen and measure.needs_side):
        raise BadReading("side", f"Give the side: {' or '.join(allowed)}.")
    return chosen


def _chosen(choices: type[Coded], field: str, text: str | None) -> Coded | None:
    if not text:
        return None
    try:
        return choices(text.strip().upper())
    except ValueError:
        raise BadReading(field, f"Choose one of {_listed(choices)}.") from None


def _listed(choices: type[StrEnum]) -> str:
    return ", ".join(choices)


def doubts_about(reading: Reading, *, previous: Decimal | None = None) -> tuple[str, ...]:
    """Return what to confirm about a reading that is allowed but unlikely; mostly nothing.

    Against *previous*, the last value of the same series, a value is asked about that changed
    by more than half of what the scale or the earlier value allows.
    """
    measure = measure_for(reading.code)
    if reading.value is None or reading.grade is not None:
        return ()
    doubts = []
    now = _plain(reading.value)
    if measure.likely is not None and not _inside(reading.value, *measure.likely):
        low, high = measure.likely
        unit = "" if measure.unit_may_be_left_out else f" {measure.unit_words}"
        doubts.append(
            f"{measure.name} {now}{unit} is unlikely; mostly it lies between {low} and {high}. "
            "Please confirm."
        )
    if previous is not None and _jumps(measure, reading.scale, previous, reading.value):
        doubts.append(
            f"{measure.name} was {_plain(previous)} before and is {now} now. Please confirm."
        )
    return tuple(doubts)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _jumps(measure: Measure, scale: Scale | None, before: Decimal, now: Decimal) -> bool:
    swings_widely = measure.direction is Direction.CONTEXT and measure.needs_upper_limit
    if swings_widely:
        return False
    whole = measure.maximum_on(scale)
    span = whole if measure.unit == "{score}" and whole is not None else before
    return abs(now - before) * 2 > span
