"""What methotrexate and azathioprine have in common: dated checks, infection, live vaccines."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from patients.instruments.catalogue import measure_for
from patients.instruments.kidney import NAME as EQUATION
from tapers.domain import sources
from tapers.domain.checks import PARTS, CheckKind, LabCheck, lab_checks, overdue_checks
from tapers.domain.dose import mg_text
from tapers.domain.history import series_called
from tapers.domain.kidney import KidneyFunction, kidney_function
from tapers.domain.plan import days_after
from tapers.domain.record import DatedReading, Medicine, reported_in
from tapers.domain.rules.rule import CourseCase, CourseRule, Said, Severity
from tapers.domain.rules.words import day_text, joined, upper_first
from tapers.domain.sparing import Agent, SparingCourse
from tapers.domain.symptoms import Symptom

EGFR_UNIT = "mL/min/{1.73_m2}"
_UNITS = {"10*9/L": "×10⁹/L", EGFR_UNIT: "mL/min/1.73 m²", "umol/L": "µmol/L"}
LEAST_RISE_MG = Decimal("0.01")  # doses have two digits: any rise is asked about anew
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


def times_below(value: Decimal, limit: Decimal) -> Decimal:
    """Return how many times *value* would fit into *limit*: 2 for half of it, at most 100."""
    return limit / max(value, limit / 100)


def kidney_text(function: KidneyFunction) -> str:
    """Write the eGFR as it was reported, or as calculated and from what: "eGFR 48.2 mL/min/1.73 m²
    (calculated, CKD-EPI 2021, from creatinine 1.5 mg/dL) on 3 May 2026"."""
    dated = function.rests_on
    if dated is None:
        return ""
    if not function.is_calculated:
        return value_text("eGFR", dated)
    egfr = mg_text(function.egfr or Decimal(0))
    return (
        f"eGFR {egfr} {_UNITS[EGFR_UNIT]} (calculated, {EQUATION}, from "
        f"{_creatinine_text(dated)}) on {day_text(dated.on)}"
    )


def not_judged_text(function: KidneyFunction) -> str:
    """Write why nothing comes of the last creatinine; "" where something does."""
    dated = function.not_judged
    if dated is None:
        return ""
    return (
        f"Kidney function cannot be judged from {_creatinine_text(dated)} on {day_text(dated.on)}: "
        f"{function.why_not}"
    )


def _creatinine_text(dated: DatedReading) -> str:
    unit = measure_for(dated.reading.code).unit
    return f"creatinine {mg_text(dated.reading.value or Decimal(0))} {_UNITS.get(unit, unit)}"


def kidneys_are_not_judged(case: CourseCase, course: SparingCourse) -> Said | None:
    """A creatinine of which nothing can be worked out is told, never passed over."""
    function = kidney_function(case.facts)
    if function is None or function.not_judged is None:
        return None
    return Said(
        f"{not_judged_text(function)}. Record what is missing, or an eGFR that the laboratory "
        "reports.",
        {"measured_on": str(function.not_judged.on), "why": function.why_not},
        episode=f"{episode_of(course)}, creatinine not judged",
    )


def every(
    *checks: Callable[[CourseCase], tuple[Said, ...]],
) -> Callable[[CourseCase], tuple[Said, ...]]:
    """Return a check that says what each of them says."""

    def check(case: CourseCase) -> tuple[Said, ...]:
        return tuple(said for each in checks for said in each(case))

    return check


def a_check_is_overdue(case: CourseCase) -> tuple[Said, ...]:
    return tuple(
        _said_of(course, check)
        for course in courses_of(case, *PARTS)
        for check in _overdue_of(case, course)
    )


def _overdue_of(case: CourseCase, course: SparingCourse) -> tuple[LabCheck, ...]:
    """The last blood test that should be back by now, one before it being past mending, and the
    tests before the first dose."""
    return overdue_checks(
        lab_checks(
            course=course,
            readings=case.facts.readings,
            tests=case.facts.tests,
            as_of=case.as_of,
            overdue_days=case.facts.protocol.lab_overdue_days,
            ahead_days=0,
        )
    )


def _said_of(course: SparingCourse, check: LabCheck) -> Said:
    what, drug = joined(list(check.missing)), course.agent.label.lower()
    screening = check.kind is CheckKind.SCREENING
    with_it = f"asked for before the first dose of {drug}" if screening else f"with {drug}"
    rest = " Partly done: the rest is on record." if check.is_partly_done else ""
    return Said(
        f"{upper_first(what)} due since {day_text(check.due_on)}, {with_it}.{rest}",
        {
            "due_on": str(check.due_on),
            "missing": what,
            "measured": joined(list(check.measured)) if check.measured else "nothing",
            "drug": course.agent.value,
        },
        episode=f"{course.agent.value} {'before the first dose ' if screening else ''}due "
        f"{check.due_on}",
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
            f"{upper_first(what)} on record while on {drugs}. Consider whether to pause it.",
            {"signs": what, "drugs": drugs},
            episode=_first_report(case, first) if signs else "recorded",
        ),
    )


def _first_report(case: CourseCase, first: date) -> str:
    """What is entered as history gives it no other first day, unless nothing else is there."""
    reports = [
        report
        for report in case.facts.symptoms
        if report.on >= first and {Symptom.FEVER, Symptom.PNEUMONIA} & report.symptoms
    ]
    told = [report.on for report in reports if not report.is_history]
    return f"reported {min(told or [report.on for report in reports])}"


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
        says="A dated laboratory check is back within 7 days of its day, with all that it consists "
        "of. So are the results of hepatitis B and C and of a chest film before methotrexate, not "
        "older than a year.",
        severity=Severity.WARNING,
        sources=(
            sources.LAB_METHOTREXATE,
            sources.DMARD_MONITORING,
            sources.AZATHIOPRINE_COUNTS,
            sources.PROPOSAL,
        ),
        because="It may have been done elsewhere: then it can be entered with its day. After an "
        "increase checks are dense again. With methotrexate a blood test is white cells, "
        "neutrophils, platelets, ALT or AST, creatinine (or an eGFR reported) and albumin; with "
        "azathioprine the cells and ALT or AST.",
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
