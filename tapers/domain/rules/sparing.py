"""What methotrexate and azathioprine have in common: dated checks, infection, live vaccines."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from patients.instruments.catalogue import measure_for
from tapers.domain import sources
from tapers.domain.checks import PARTS, lab_checks, overdue_check
from tapers.domain.dose import mg_text
from tapers.domain.history import series_called
from tapers.domain.plan import days_after
from tapers.domain.record import DatedReading, Medicine, reported_in
from tapers.domain.rules.rule import CourseCase, CourseRule, Said, Severity
from tapers.domain.rules.words import day_text, joined
from tapers.domain.sparing import Agent, SparingCourse
from tapers.domain.symptoms import Symptom

_UNITS = {"10*9/L": "×10⁹/L", "mL/min/{1.73_m2}": "mL/min/1.73 m²"}
INFECTION_DAYS = 14  # so long a reported infection counts as active: proposal


def courses_of(case: CourseCase, *agents: Agent) -> tuple[SparingCourse, ...]:
    """Return the courses of those drugs that are given or planned, not those that ended."""
    return tuple(
        course
        for course in case.facts.sparing
        if course.agent in agents and (course.ended_on is None or case.as_of < course.ended_on)
    )


def episode_of(course: SparingCourse) -> str:
    return f"{course.agent.value} from {course.starts_on}"


def each_course(
    agent: Agent, look: Callable[[CourseCase, SparingCourse], Said | None]
) -> Callable[[CourseCase], tuple[Said, ...]]:
    """Return a check that asks *look* of every course of the drug."""

    def check(case: CourseCase) -> tuple[Said, ...]:
        found = (look(case, course) for course in courses_of(case, agent))
        return tuple(said for said in found if said is not None)

    return check


def latest(case: CourseCase, code: str) -> DatedReading | None:
    """Return the last reading of a measure without sides."""
    series = series_called(case.facts.readings, code)
    return series[0].readings[-1] if series else None


def taken_of(case: CourseCase, *wanted: Medicine) -> tuple[Medicine, ...]:
    taken = case.facts.medicines or frozenset()
    return tuple(medicine for medicine in wanted if medicine in taken)


def value_text(name: str, dated: DatedReading) -> str:
    """Write "ALT 130 U/L (laboratory's limit 40) on 3 May 2026"."""
    reading = dated.reading
    unit = measure_for(reading.code).unit
    limit = reading.upper_limit or reading.lower_limit
    beside = f" (laboratory's limit {mg_text(limit)})" if limit else ""
    value = mg_text(reading.value or Decimal(0))
    return f"{name} {value} {_UNITS.get(unit, unit)}{beside} on {day_text(dated.on)}"


def a_check_is_overdue(case: CourseCase) -> tuple[Said, ...]:
    found = (_overdue_of(case, course) for course in courses_of(case, *PARTS))
    return tuple(said for said in found if said is not None)


def _overdue_of(case: CourseCase, course: SparingCourse) -> Said | None:
    """Told of the last check that should be back by now; one before it is past mending."""
    check = overdue_check(
        lab_checks(
            course=course,
            readings=case.facts.readings,
            as_of=case.as_of,
            overdue_days=case.facts.protocol.lab_overdue_days,
            ahead_days=0,
        )
    )
    if check is None:
        return None
    what = joined(list(check.missing))
    return Said(
        f"{what[0].upper()}{what[1:]} due since {day_text(check.due_on)}, with "
        f"{course.agent.label.lower()}.",
        {"due_on": str(check.due_on), "missing": what, "drug": course.agent.value},
        episode=f"{course.agent.value} due {check.due_on}",
    )


def an_infection_is_active(case: CourseCase) -> tuple[Said, ...]:
    courses = courses_of(case, Agent.METHOTREXATE, Agent.AZATHIOPRINE)
    first = days_after(case.as_of, 1 - INFECTION_DAYS)
    reported = reported_in(case.facts.symptoms, from_on=first, to_on=case.as_of)
    signs = [each for each in (Symptom.FEVER, Symptom.PNEUMONIA) if each in reported]
    if not courses or not (case.facts.active_infection or signs):
        return ()
    what = joined([each.label.lower() for each in signs]) if signs else "active infection"
    drugs = _drugs(courses)
    return (
        Said(
            f"{what[0].upper()}{what[1:]} on record while on {drugs}. Consider whether to pause "
            "it.",
            {"signs": what, "drugs": drugs},
            episode=_first_report(case, first) if signs else "recorded",
        ),
    )


def _first_report(case: CourseCase, first: date) -> str:
    days = [
        report.on
        for report in case.facts.symptoms
        if report.on >= first and {Symptom.FEVER, Symptom.PNEUMONIA} & report.symptoms
    ]
    return f"reported {min(days)}"


def a_live_vaccine_is_planned(case: CourseCase) -> tuple[Said, ...]:
    courses = courses_of(case, Agent.METHOTREXATE, Agent.AZATHIOPRINE)
    if not courses or not case.facts.live_vaccine_planned:
        return ()
    drugs = _drugs(courses)
    return (
        Said(
            f"A live vaccine is planned while on {drugs}. Please check before it is given.",
            {"drugs": drugs},
            episode="planned",
        ),
    )


def _drugs(courses: tuple[SparingCourse, ...]) -> str:
    return joined(list(dict.fromkeys(course.agent.label.lower() for course in courses)))


COURSE_RULES = (
    CourseRule(
        code="LAB_OVERDUE",
        says="A dated laboratory check is back within 7 days of its day.",
        severity=Severity.WARNING,
        sources=(
            sources.LAB_METHOTREXATE,
            sources.DMARD_MONITORING,
            sources.AZATHIOPRINE_COUNTS,
            sources.PROPOSAL,
        ),
        because="It may have been done elsewhere: then it can be entered with its day. After an "
        "increase checks are dense again.",
        check=a_check_is_overdue,
    ),
    CourseRule(
        code="SPARING_INFECTION",
        says="An active infection is looked at before the next dose of either drug.",
        severity=Severity.WARNING,
        sources=(sources.BSR, sources.PROPOSAL),
        because="Both drugs weaken the defence against infections.",
        check=an_infection_is_active,
    ),
    CourseRule(
        code="SPARING_LIVE_VACCINE",
        says="A live vaccine planned while on either drug is looked at before it is given.",
        severity=Severity.WARNING,
        sources=(sources.BSR, sources.PROPOSAL),
        because="A live vaccine can cause the disease where the defence is weakened.",
        check=a_live_vaccine_is_planned,
    ),
)
