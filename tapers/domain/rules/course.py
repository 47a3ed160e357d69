"""The course of the patient beside the plan, beginning with the baseline before it."""

from datetime import date, timedelta

from patients.instruments.catalogue import measure_for
from patients.instruments.measure import MeasureDomain
from tapers.domain import sources
from tapers.domain.monitoring import DUE_DAYS
from tapers.domain.plan import days_after
from tapers.domain.rules.rule import Case, CourseCase, CourseRule, Rule, Said, Severity
from tapers.domain.rules.words import day_text

ASKED_AFTER_ZERO_DAYS = 365  # assessments are asked for until a year after the last tablet
DOMAINS = {
    MeasureDomain.MMT: "Strength (MMT)",
    MeasureDomain.FUNCTION: "Function",
    MeasureDomain.CK: "CK",
}


def baseline_is_missing(case: Case) -> Said | None:
    patient = case.context.patient
    if patient is None:
        return None
    last_done = {
        "strength (MMT)": patient.last_mmt_on,
        "function": patient.last_function_on,
        "CK": patient.last_ck_on,
    }
    missing = {name: on for name, on in last_done.items() if not _in_time(case, on)}
    if not missing:
        return None
    listed = ", ".join(
        f"{name} {f'last done {day_text(on)}' if on else 'not recorded'}"
        for name, on in missing.items()
    )
    return Said(
        f"No full baseline in the {DUE_DAYS} days before the taper: {listed}.",
        {name: str(on) if on else "not recorded" for name, on in missing.items()},
    )


def _in_time(case: Case, on: date | None) -> bool:
    earliest = case.starts_on - timedelta(days=DUE_DAYS)
    return on is not None and earliest <= on <= case.starts_on


def assessment_is_due(case: CourseCase) -> tuple[Said, ...]:
    return tuple(
        _assessment_said(domain, last, due_on)
        for domain, last, due_on in _due_domains(case)
        if case.as_of < _overdue_on(case, due_on)
    )


def assessment_is_overdue(case: CourseCase) -> tuple[Said, ...]:
    return tuple(
        _assessment_said(domain, last, due_on)
        for domain, last, due_on in _due_domains(case)
        if case.as_of >= _overdue_on(case, due_on)
    )


def _due_domains(case: CourseCase) -> list[tuple[MeasureDomain, date | None, date]]:
    """Each domain with its last day and the day it fell due, as far as that is past."""
    taper = case.facts.taper
    if taper is None or not _is_followed(case):
        return []
    found = []
    for domain in DOMAINS:
        last = _last_of(case, domain)
        every = case.facts.protocol.visit_due_days
        due_on = days_after(last, every) if last else taper.plan.starts_on
        if case.as_of >= due_on:
            found.append((domain, last, due_on))
    return found


def _is_followed(case: CourseCase) -> bool:
    zero = case.facts.first_zero_on
    return zero is None or case.as_of <= days_after(zero, ASKED_AFTER_ZERO_DAYS)


def _last_of(case: CourseCase, domain: MeasureDomain) -> date | None:
    """The last day of any measure of the domain; unable is a result, too."""
    days = [
        each.on for each in case.facts.readings if measure_for(each.reading.code).domain is domain
    ]
    return max(days, default=None)


def _overdue_on(case: CourseCase, due_on: date) -> date:
    protocol = case.facts.protocol
    return days_after(due_on, protocol.visit_overdue_after_days - protocol.visit_due_days + 1)


def _assessment_said(domain: MeasureDomain, last: date | None, due_on: date) -> Said:
    done = f"last done {day_text(last)}" if last else "not recorded yet"
    return Said(
        f"{DOMAINS[domain]} {done}; due from {day_text(due_on)}.",
        {"domain": domain.value, "last_on": str(last or "not recorded"), "due_on": str(due_on)},
        episode=f"{domain.value} due {due_on}",
    )


COURSE_RULES = (
    CourseRule(
        code="ASSESS_DUE",
        says="Strength, function and CK are each due 28 days after they were last measured.",
        severity=Severity.INFO,
        sources=(sources.BRIEF_VISITS, sources.PROPOSAL),
        because="The brief says 4 to 8 weeks; 8 weeks could skip a whole taper, so due means 4.",
        check=assessment_is_due,
    ),
    CourseRule(
        code="ASSESS_OVERDUE",
        says="Strength, function and CK are each overdue more than 56 days after they were last "
        "measured.",
        severity=Severity.WARNING,
        sources=(sources.BRIEF_VISITS, sources.PROPOSAL),
        because="It may have been done elsewhere: then it can be entered with its day.",
        check=assessment_is_overdue,
    ),
)
RULES = (
    Rule(
        code="ASSESS_BASELINE",
        says="Strength, function and CK are each measured in the 28 days before the taper.",
        severity=Severity.WARNING,
        sources=(sources.BRIEF_VISITS, sources.PROPOSAL),
        because="Without a baseline no later change can be told from what was there before.",
        check=baseline_is_missing,
    ),
)
