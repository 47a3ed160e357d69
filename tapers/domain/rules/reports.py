"""What patients report: signs of adrenal insufficiency, swallowing, falls."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import takewhile

from patients.instruments.items import IBMFRS_SWALLOWING
from tapers.domain import sources
from tapers.domain.dose import mg_text
from tapers.domain.history import series_called
from tapers.domain.plan import days_after
from tapers.domain.record import DatedReading, Fall, SymptomReport, reported_in
from tapers.domain.rules.rule import CourseCase, CourseRule, Said, Severity
from tapers.domain.rules.words import day_text, joined, upper_first
from tapers.domain.symptoms import (
    ACTS_WITHIN_DAYS,
    Symptom,
    has_minor_pattern,
    has_red_flag,
    minor_symptoms_in,
    red_flags_in,
)

REPORT_STANDS_DAYS = 28  # so long a report is news: proposal
SWALLOWING_STANDS_DAYS = 56  # until the next visit is overdue its value is the present: proposal
TOGETHER_DAYS = 7  # minor symptoms reported within a week are taken together: proposal
AFTER_ZERO_DAYS = 365
EAT10_ABNORMAL = Decimal(3)
EAT10_RISE = Decimal(3)
SWALLOWING_ITEM = Decimal(1)
FALLS_DAYS = 30
FALLS_WARNING = 2


def a_red_flag_was_reported(case: CourseCase) -> tuple[Said, ...]:
    """The latest that asks somebody to act; of the past only, it is told without the call."""
    reports = [
        report for report in _recent(case, REPORT_STANDS_DAYS) if has_red_flag(report.symptoms)
    ]
    present = [report for report in reports if _acts(report, case.as_of)]
    if present:
        return (_red_flag_now(case, present[-1]),)
    return (_red_flag_of_the_past(reports[-1]),) if reports else ()


def _acts(report: SymptomReport, as_of: date) -> bool:
    """Of history it is so as of its own days, on which nobody here knew of it."""
    return not report.is_history or as_of <= days_after(report.on, ACTS_WITHIN_DAYS)


def _red_flag_now(case: CourseCase, report: SymptomReport) -> Said:
    return _red_flag(
        report,
        f"Possible adrenal crisis: {_listed(red_flags_in(report.symptoms))}{_when(report)}. "
        f"Call patient now; emergency pathway.{_no_reductions(case)}",
    )


def _red_flag_of_the_past(report: SymptomReport) -> Said:
    return _red_flag(
        report,
        f"{upper_first(_listed(red_flags_in(report.symptoms)))}{_when(report)}: this may have been "
        "an adrenal crisis. Assess before the next step.",
        Severity.WARNING,
    )


def _red_flag(report: SymptomReport, message: str, severity: Severity | None = None) -> Said:
    flags = red_flags_in(report.symptoms)
    return Said(
        message,
        _day_of(report) | {"symptoms": _listed(flags)},
        severity,
        episode=str(report.on),
        extent=Decimal(len(flags)),
    )


def _day_of(report: SymptomReport) -> dict[str, str]:
    """Told on the day itself it is the day of the report, as it always was."""
    on = str(report.on)
    return {"happened_on": on} if report.told_later else {"reported_on": on}


def _when(report: SymptomReport) -> str:
    return f"{' on' if report.told_later else ', reported'} {day_text(report.on)}"


def _no_reductions(case: CourseCase) -> str:
    """Said only where it is so: a taper runs, and the flag has not been lifted."""
    taper = case.facts.taper
    stands = any(
        has_red_flag(report.symptoms) and report.lifted_on is None and not report.is_history
        for report in case.facts.symptoms
    )
    if taper is None or not taper.is_running_on(case.as_of) or not stands:
        return ""
    return " No reminder of a reduction is sent until a prescriber lifts this."


def minor_symptoms_come_together(case: CourseCase) -> tuple[Said, ...]:
    """Asked of each report with those of the week before it, the latest pattern is told."""
    for report in reversed(_recent(case, REPORT_STANDS_DAYS)):
        together = reported_in(
            case.facts.symptoms, from_on=days_after(report.on, 1 - TOGETHER_DAYS), to_on=report.on
        )
        if has_minor_pattern(together) and _in_steroid_year(case, report.on):
            return (_minor_pattern(case, report, minor_symptoms_in(together)),)
    return ()


def _stretch_start(days: Iterable[date], last: date, gap_days: int) -> date:
    """The first of the days that lead up to *last* with no gap longer than *gap_days*."""
    start = last
    for day in sorted((each for each in days if each <= last), reverse=True):
        if (start - day).days > gap_days:
            break
        start = day
    return start


def _minor_pattern(case: CourseCase, last: SymptomReport, symptoms: tuple[Symptom, ...]) -> Said:
    """What is entered as history later gives the stretch no other first day: it stays one alert."""
    days = [
        each.on
        for each in case.facts.symptoms
        if minor_symptoms_in(each.symptoms) and not each.is_history
    ]
    by = "up to" if last.told_later else "reported by"
    listed = _listed(symptoms)
    return Said(
        f"{upper_first(listed)}, {by} {day_text(last.on)}. Could be steroid "
        "withdrawal or adrenal insufficiency. Assess before the next step.",
        _day_of(last) | {"symptoms": listed},
        episode=str(_stretch_start(days, last.on, REPORT_STANDS_DAYS)),
        extent=Decimal(len(symptoms)),
    )


def _in_steroid_year(case: CourseCase, day: date) -> bool:
    """From the first day on steroids, or of the taper, to a year after the last."""
    begins_on, zero = case.facts.steroid_begins_on, case.facts.first_zero_on
    if begins_on is None:
        return False
    return begins_on <= day and (zero is None or day <= days_after(zero, AFTER_ZERO_DAYS))


@dataclass(frozen=True)
class _Sign:
    """`since` is its first day; `extent` is 1, and more the worse it is. `seen_on` is its last."""

    since: date
    seen_on: date
    text: str
    extent: Decimal = Decimal(1)


def swallowing_has_changed(case: CourseCase) -> tuple[Said, ...]:
    """Signs that began on one day are told together: what goes on is not told at every visit."""
    first = days_after(case.as_of, -SWALLOWING_STANDS_DAYS)
    by_day: dict[date, list[_Sign]] = {}
    for sign in _swallowing_signs(case):
        if sign.seen_on >= first:
            by_day.setdefault(sign.since, []).append(sign)
    return tuple(_swallowing_said(case, since, signs) for since, signs in by_day.items())


def swallowing_not_asked_lately(case: CourseCase) -> tuple[str, ...]:
    """Episodes of what was last seen too long ago to be told as present."""
    return tuple(str(sign.since) for sign in _swallowing_signs(case))


def _swallowing_signs(case: CourseCase) -> list[_Sign]:
    return [*_eat10_signs(case), *_swallowing_item_signs(case), *_choking_signs(case)]


def _swallowing_said(case: CourseCase, since: date, signs: list[_Sign]) -> Said:
    pneumonia = _had_pneumonia(case, days_after(case.as_of, 1 - REPORT_STANDS_DAYS))
    also = " Pneumonia was reported, too." if pneumonia else ""
    return Said(
        f"Swallowing has changed: {joined([sign.text for sign in signs])}.{also} "
        "Consider speech-language review.",
        {"signs": "; ".join(sign.text for sign in signs), "pneumonia": _yes(pneumonia)},
        Severity.CRITICAL if pneumonia else None,
        episode=str(since),
        extent=sum((sign.extent for sign in signs), Decimal(0)),
    )


def _had_pneumonia(case: CourseCase, since: date) -> bool:
    """Reported as a symptom, or recorded as an infection."""
    said = reported_in(case.facts.symptoms, from_on=since, to_on=case.as_of)
    return Symptom.PNEUMONIA in said or any(
        each.pneumonia and each.touches(from_on=since, to_on=case.as_of)
        for each in case.facts.infections
    )


def _eat10_signs(case: CourseCase) -> list[_Sign]:
    """The last EAT-10 where it is abnormal for the first time, or 3 points more than before."""
    for series in series_called(case.facts.readings, "EAT10"):
        now = series.readings[-1]
        before = series.readings[-2] if len(series.readings) > 1 else None
        value = now.reading.value or Decimal(0)
        earlier = before.reading.value if before else None
        newly = value >= EAT10_ABNORMAL and (earlier is None or earlier < EAT10_ABNORMAL)
        rose = earlier is not None and value - earlier >= EAT10_RISE
        if newly or rose:
            was = f", {mg_text(earlier)} before" if earlier is not None else ""
            text = f"EAT-10 {mg_text(value)} on {day_text(now.on)}{was}"
            return [_Sign(now.on, now.on, text)]
    return []


def _swallowing_item_signs(case: CourseCase) -> list[_Sign]:
    """The last item where it is low, from the first visit on which it was low without a break."""
    for series in series_called(case.facts.readings, IBMFRS_SWALLOWING):
        low = list(takewhile(_is_low, reversed(series.readings)))
        if low:
            now, first = low[0], low[-1]
            item = now.reading.value or Decimal(0)
            lasts = f", low since {day_text(first.on)}" if first.on < now.on else ""
            text = f"IBMFRS swallowing {mg_text(item)} on {day_text(now.on)}{lasts}"
            return [_Sign(first.on, now.on, text, Decimal(1) + SWALLOWING_ITEM - item)]
    return []


def _is_low(dated: DatedReading) -> bool:
    return dated.reading.value is not None and dated.reading.value <= SWALLOWING_ITEM


def _choking_signs(case: CourseCase) -> list[_Sign]:
    choked = [
        report for report in _recent(case, REPORT_STANDS_DAYS) if Symptom.CHOKING in report.symptoms
    ]
    if not choked:
        return []
    last = choked[-1]
    said = "on" if last.told_later else "reported"
    return [_Sign(last.on, last.on, f"choking {said} {day_text(last.on)}")]


def the_patient_fell(case: CourseCase) -> tuple[Said, ...]:
    falls = _falls_of_30_days(case)
    counted, hurt_counted = _falls_counted(case)
    number = max(len(falls), counted)
    injured = any(fall.injured for fall in falls) or hurt_counted > 0
    if not number and not injured:
        return ()
    number = max(number, 1)
    noun = "1 fall" if number == 1 else f"{number} falls"
    hurt = ", with injury" if injured else ""
    days, during = _days_of_falls(case, counted=number > len(falls))
    return (
        Said(
            f"{noun} {during}{hurt}. Review aids, bone, vision, blood pressure on standing.",
            {"falls": str(number), "injury": _yes(injured), "days": days},
            Severity.WARNING if number >= FALLS_WARNING or injured else None,
            episode=_fall_episode(case, falls),
            extent=Decimal(number),
        ),
    )


def _days_of_falls(case: CourseCase, *, counted: bool) -> tuple[str, str]:
    """The days that the falls lie in: those before the visit where they were counted there."""
    last = _counted_on(case) if counted else case.as_of
    first = days_after(last, 1 - FALLS_DAYS)
    days = f"{first} to {last}"
    if not counted:
        return days, f"in {FALLS_DAYS} days"
    span = f"{day_text(first)} to {day_text(last)}"
    return days, f"in the {FALLS_DAYS} days up to the visit of {day_text(last)} ({span})"


def _falls_of_30_days(case: CourseCase) -> tuple[Fall, ...]:
    first = days_after(case.as_of, 1 - FALLS_DAYS)
    return tuple(fall for fall in _falls(case) if first <= fall.on <= case.as_of)


def _falls(case: CourseCase) -> tuple[Fall, ...]:
    """Falls recorded and falls reported as symptoms; of one day the injured one counts."""
    said = [
        Fall(report.on, injured=Symptom.FALL_WITH_INJURY in report.symptoms)
        for report in case.facts.symptoms
        if {Symptom.FALL, Symptom.FALL_WITH_INJURY} & report.symptoms
    ]
    recorded_on = {fall.on for fall in case.facts.falls}
    hurt_on = {fall.on for fall in said if fall.injured}
    return (
        *(Fall(fall.on, fall.injured or fall.on in hurt_on) for fall in case.facts.falls),
        *(fall for fall in said if fall.on not in recorded_on),
    )


def _fall_episode(case: CourseCase, falls: tuple[Fall, ...]) -> str:
    if not falls:
        return _visit_of_count(case)
    last = max(fall.on for fall in falls)
    return str(_stretch_start([fall.on for fall in _falls(case)], last, FALLS_DAYS))


def _falls_counted(case: CourseCase) -> tuple[int, int]:
    """Falls counted at a visit of the last 30 days, and those of them with injury."""
    return (_latest_count(case, "FALLS_30_D"), _latest_count(case, "FALLS_30_D_INJURY"))


def _latest_count(case: CourseCase, code: str) -> int:
    first = days_after(case.as_of, 1 - FALLS_DAYS)
    for series in series_called(case.facts.readings, code):
        last = series.readings[-1]
        if last.on >= first and last.reading.value is not None:
            return int(last.reading.value)
    return 0


def _visit_of_count(case: CourseCase) -> str:
    return f"visit of {_counted_on(case)}"


def _counted_on(case: CourseCase) -> date:
    """The last visit on which falls were counted."""
    return max(
        series.readings[-1].on
        for code in ("FALLS_30_D", "FALLS_30_D_INJURY")
        for series in series_called(case.facts.readings, code)
    )


def _recent(case: CourseCase, days: int) -> list[SymptomReport]:
    first = days_after(case.as_of, 1 - days)
    return [report for report in case.facts.symptoms if report.on >= first]


def _listed(symptoms: Iterable[Symptom]) -> str:
    return joined([symptom.label.lower() for symptom in symptoms])


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


COURSE_RULES = (
    CourseRule(
        code="ADRENAL_RED",
        says="Fainting, confusion, repeated vomiting, severe diarrhoea or marked weakness with "
        "fever may be an adrenal crisis. Told more than 7 days after its day it is history: until "
        "28 days after that day it is a warning, without the call.",
        severity=Severity.CRITICAL,
        sources=(
            sources.WITHDRAWAL_SIGNS,
            sources.CRISIS_SIGNS,
            sources.ADRENAL_PAPER,
            sources.PROPOSAL,
        ),
        because="Rare and serious: one sign is enough, and a false alarm is accepted. Reminders "
        "of reductions pause; the prescribed dose does not change by itself. What was "
        "more than a week ago no call can meet; the next step is what is left to decide.",
        check=a_red_flag_was_reported,
    ),
    CourseRule(
        code="ADRENAL_MINOR",
        says="Two or more of fatigue, nausea, poor appetite, weight loss, dizziness on standing, "
        "aches and low mood may be withdrawal or adrenal insufficiency, up to a year after the "
        "last tablet.",
        severity=Severity.WARNING,
        sources=(sources.ADRENAL_SHORT_COURSE, sources.WITHDRAWAL_SIGNS, sources.PROPOSAL),
        because="Each alone is common, so two are needed, within a week.",
        check=minor_symptoms_come_together,
        worsens_by=Decimal(2),
    ),
    CourseRule(
        code="SWALLOW",
        says="EAT-10 newly 3 or more or up by 3, IBMFRS swallowing 1 or less, or choking: "
        "swallowing has changed. With pneumonia this is critical. A value stands for 56 days.",
        severity=Severity.WARNING,
        sources=(sources.SWALLOWING, sources.EAT10, sources.PROPOSAL),
        because="Swallowing is often affected in IBM and food may reach the lungs; reflux and "
        "colds do it, too. What goes on is told once, and again when it is worse.",
        check=swallowing_has_changed,
        worsens_by=Decimal(1),
        undecided=swallowing_not_asked_lately,
    ),
    CourseRule(
        code="FALLS",
        says="A fall is noted; two or more in 30 days, or any injury, is a warning. A count told "
        "at a visit is of the 30 days before it.",
        severity=Severity.INFO,
        sources=(sources.COHORT, sources.FALLS_GUIDELINE, sources.PROPOSAL),
        because="People with IBM fall about five times a year; aids, bone, vision and blood "
        "pressure can be looked at.",
        check=the_patient_fell,
        worsens_by=Decimal(1),
    ),
)
