"""Creatine kinase: what its fall does not mean, when its rise is looked at, when it is urgent."""

from collections.abc import Callable
from decimal import Decimal

from tapers.domain import sources
from tapers.domain.dose import mg_text
from tapers.domain.history import series_called
from tapers.domain.plan import days_after
from tapers.domain.record import DatedReading, reported_in
from tapers.domain.rules.decline import decline_on
from tapers.domain.rules.rule import CourseCase, CourseRule, Said, Severity
from tapers.domain.rules.words import day_text
from tapers.domain.symptoms import Symptom

WARNING_TIMES_LIMIT = Decimal(10)
URGENT_U_PER_L = Decimal(5000)
URGENT_TIMES_LIMIT = Decimal(5)  # with dark urine
SAMPLE_STANDS_DAYS = 28  # a sample is news until the next one is due: proposal
DARK_URINE_DAYS = 7  # before or after the sample: proposal


Look = Callable[[CourseCase], tuple[Said, ...]]


def while_news(look: Look) -> Look:
    """Return a check that says nothing of an old sample; what that raised in its time stands."""

    def check(case: CourseCase) -> tuple[Said, ...]:
        now, _ = _last_two(case)
        is_news = now is not None and now.on >= days_after(case.as_of, -SAMPLE_STANDS_DAYS)
        return look(case) if is_news else ()

    return check


def episodes_said_by(look: Look) -> Callable[[CourseCase], tuple[str, ...]]:
    """Return what names the episodes of *look*, however old the sample is."""
    return lambda case: tuple(each.episode for each in look(case))


def ck_is_normal(case: CourseCase) -> tuple[Said, ...]:
    now, before = _last_two(case)
    if now is None or before is None or _times(before) <= 1 or _times(now) > 1:
        return ()
    return (
        Said(
            f"CK is now normal ({_text(now)}, {_text(before)} on {day_text(before.on)}). In IBM "
            "this does not predict better strength.",
            _values(now, before),
            episode=str(now.on),
        ),
    )


def ck_rose(case: CourseCase) -> tuple[Said, ...]:
    now, before = _last_two(case)
    if now is None or before is None or _times(now) <= 1:
        return ()
    if _change_percent(now, before) < case.facts.protocol.ck_rise_percent:
        return ()
    declined = decline_on(case) is not None
    times = _times(now)
    also = " Strength or function fell, too." if declined else ""
    return (
        Said(
            f"CK rose to {_times_text(now)} x the upper limit ({_text(now)}, {_text(before)} on "
            f"{day_text(before.on)}).{also} Repeat after 3 quiet days; consider exercise, fall, "
            "statin.",
            _values(now, before),
            Severity.WARNING if declined or times >= WARNING_TIMES_LIMIT else None,
            episode=str(now.on),
            extent=times,
        ),
    )


def ck_is_urgent(case: CourseCase) -> tuple[Said, ...]:
    now, _ = _last_two(case)
    if now is None or now.reading.value is None:
        return ()
    dark = _urine_was_dark(case, now)
    if now.reading.value < URGENT_U_PER_L and not (dark and _times(now) >= URGENT_TIMES_LIMIT):
        return ()
    also = " and dark urine" if dark else ""
    return (
        Said(
            f"Possible rhabdomyolysis: same-day review. CK {_text(now)} on {day_text(now.on)}"
            f"{also}.",
            {
                "ck": mg_text(now.reading.value),
                "times_upper_limit": _times_text(now),
                "dark_urine": "yes" if dark else "no",
            },
            episode=str(now.on),
            extent=_times(now),
        ),
    )


def _urine_was_dark(case: CourseCase, now: DatedReading) -> bool:
    near = reported_in(
        case.facts.symptoms,
        from_on=days_after(now.on, -DARK_URINE_DAYS),
        to_on=days_after(now.on, DARK_URINE_DAYS),
    )
    return Symptom.DARK_URINE in near


def _last_two(case: CourseCase) -> tuple[DatedReading | None, DatedReading | None]:
    series = series_called(case.facts.readings, "CK")
    readings = [each for each in (series[0].readings if series else ()) if each.reading.upper_limit]
    return (
        readings[-1] if readings else None,
        readings[-2] if len(readings) > 1 else None,
    )


def _times(dated: DatedReading) -> Decimal:
    """The value as a multiple of the laboratory's own upper limit."""
    reading = dated.reading
    return (reading.value or Decimal(0)) / (reading.upper_limit or Decimal(1))


def _change_percent(now: DatedReading, before: DatedReading) -> Decimal:
    """The lowest CK that is accepted is above 0, so this always divides."""
    earlier = before.reading.value or Decimal(1)
    return ((now.reading.value or Decimal(0)) - earlier) / earlier * 100


def _text(dated: DatedReading) -> str:
    return f"{mg_text(dated.reading.value or Decimal(0))} U/L"


def _times_text(dated: DatedReading) -> str:
    return mg_text(_times(dated).quantize(Decimal("0.01")))


def _values(now: DatedReading, before: DatedReading) -> dict[str, str]:
    return {
        "ck": mg_text(now.reading.value or Decimal(0)),
        "upper_limit": mg_text(now.reading.upper_limit or Decimal(0)),
        "times_upper_limit": _times_text(now),
        "before": mg_text(before.reading.value or Decimal(0)),
        "change_percent": mg_text(_change_percent(now, before).quantize(Decimal("0.1"))),
        "measured_on": str(now.on),
    }


COURSE_RULES = (
    CourseRule(
        code="CK_NORMALISED",
        says="A CK of the last 28 days that fell into the normal range carries the note that this "
        "does not predict better strength in IBM.",
        severity=Severity.INFO,
        sources=(sources.BRIEF_CK, sources.METHOTREXATE_TRIAL),
        because="In the randomised trial of methotrexate CK fell and strength did not improve.",
        check=while_news(ck_is_normal),
        undecided=episodes_said_by(ck_is_normal),
    ),
    CourseRule(
        code="CK_RISE",
        says="A CK of the last 28 days that rose by 65 % or more, above the upper limit, is a "
        "note; with a decline, or from 10 times the limit, a warning.",
        severity=Severity.INFO,
        sources=(sources.CK_VARIATION, sources.PROPOSAL),
        because="CK varies by 42 to 64 % by itself, and with exercise, falls and injections.",
        check=while_news(ck_rose),
        undecided=episodes_said_by(ck_rose),
        worsens_by=Decimal(5),
    ),
    CourseRule(
        code="CK_URGENT",
        says="A CK of the last 28 days of 5000 U/L or more, or 5 times the limit with dark urine, "
        "is reviewed the same day.",
        severity=Severity.CRITICAL,
        sources=(sources.RHABDOMYOLYSIS, sources.PROPOSAL),
        because="Rare in IBM; muscle breakdown can harm the kidneys. An older sample, entered as "
        "history, asks nobody to act today.",
        check=while_news(ck_is_urgent),
        undecided=episodes_said_by(ck_is_urgent),
        worsens_by=Decimal(5),
    ),
)
