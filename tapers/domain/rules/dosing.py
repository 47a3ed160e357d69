"""The dose that is taken beside the plan: none made, too high, late, or stopped at once."""

from datetime import date
from decimal import Decimal

from tapers.domain import sources
from tapers.domain.context import ClinicalContext
from tapers.domain.dose import mg_text
from tapers.domain.record import TaperRecord
from tapers.domain.rules.adrenal import adrenal_risk
from tapers.domain.rules.rule import Case, CourseCase, CourseRule, Said, Severity
from tapers.domain.rules.words import day_text, days_text

NO_PLAN_AFTER_DAYS = 7
HIGH_MG = Decimal(10)  # prednisone mg; exactly 10 is not above it
HIGH_AFTER_DAYS, HIGH_CRITICAL_DAYS = 14, 56
RISE_MG = Decimal("2.5")  # prednisone mg; the same as of a plan: a smaller one is rounding
LATE_WARNING_DAYS, LATE_ESCALATION_DAYS = 3, 7


def steroids_go_on_without_a_plan(case: CourseCase) -> tuple[Said, ...]:
    since = _without_plan_since(case)
    diagnosis = case.facts.diagnosis
    dose = case.facts.dose_on(case.as_of)
    if not diagnosis.confirmed or dose is None or dose.prednisone_mg == 0 or since is None:
        return ()
    if _low_dose_is_documented(case, dose.prednisone_mg):
        return ()
    begins_on = None if _began_unseen(case, since) else since
    waits_from = max(filter(None, (begins_on, diagnosis.confirmed_on)), default=case.as_of)
    if (case.as_of - waits_from).days <= NO_PLAN_AFTER_DAYS and diagnosis.confirmed_on:
        return ()
    confirmed = day_text(diagnosis.confirmed_on) if diagnosis.confirmed_on else "on an unknown day"
    return (
        Said(
            f"Steroids continue without a taper plan: {mg_text(dose.prednisone_mg)} mg of "
            f"prednisone a day, IBM confirmed {confirmed}.",
            {"daily_mg": mg_text(dose.prednisone_mg), "confirmed_on": _day(diagnosis.confirmed_on)},
            episode=_day(since),
        ),
    )


def _low_dose_is_documented(case: CourseCase, daily_mg: Decimal) -> bool:
    """Staying at the clinic's target, unless it set one at 10 mg, or less is an option with a
    reason and a steroid-sparing drug."""
    given = any(course.is_given_on(case.as_of) for course in case.facts.sparing)
    most = case.facts.protocol.target_mg or HIGH_MG
    return daily_mg <= most and bool(case.facts.low_dose_reason.strip()) and given


def dose_stays_above_10_mg(case: CourseCase) -> tuple[Said, ...]:
    dose = case.facts.dose_on(case.as_of)
    free_since = _not_tapering_since(case)
    if dose is None or dose.prednisone_mg <= HIGH_MG or free_since is None:
        return ()
    since = _above_since(case, free_since)
    days = (case.as_of - since).days
    if days <= HIGH_AFTER_DAYS:
        return ()
    on_hold = _on_hold(case)
    why = "with the taper on hold" if on_hold else "without a plan"
    return (
        Said(
            f"Above 10 mg for {_at_least(case, since)}{days_text(days)} {why}.",
            {"days": str(days), "daily_mg": mg_text(dose.prednisone_mg), "since": str(since)},
            Severity.CRITICAL if days >= HIGH_CRITICAL_DAYS else None,
            episode=_day(since),
        ),
    )


def _at_least(case: CourseCase, since: date) -> str:
    return "at least " if _began_unseen(case, since) else ""


def _began_unseen(case: CourseCase, since: date) -> bool:
    """The first day is not known where it is only the day on which the dose was seen."""
    return any(
        period.begins_on is None and period.first_known_on == since for period in case.facts.periods
    )


def _without_plan_since(case: CourseCase) -> date | None:
    """The first day without a taper; None while one runs, on hold or not."""
    taper = case.facts.taper
    if taper is None:
        return case.facts.steroid_begins_on
    return None if taper.is_running_on(case.as_of) else taper.ended_on


def _not_tapering_since(case: CourseCase) -> date | None:
    """The first day without an active plan: a taper on hold has no step due either."""
    taper = case.facts.taper
    if taper is not None and taper.is_running_on(case.as_of):
        return taper.held_on
    return _without_plan_since(case)


def _on_hold(case: CourseCase) -> bool:
    taper = case.facts.taper
    return taper is not None and taper.is_running_on(case.as_of) and taper.held_on is not None


def _above_since(case: CourseCase, earliest: date) -> date:
    """The first day of the present unbroken stretch above 10 mg, not before *earliest*."""
    changes = {
        each.first_known_on
        for each in case.facts.periods
        if each.first_known_on and earliest < each.first_known_on <= case.as_of
    }
    since = case.as_of
    for day in sorted({earliest, *changes}, reverse=True):
        dose = case.facts.dose_on(day)
        if dose is None or dose.prednisone_mg <= HIGH_MG:
            break
        since = day
    return since


def dose_taken_went_up_again(case: CourseCase) -> tuple[Said, ...]:
    """Asked of the dose recorded for today; a rise that the plan itself makes is the plan's.

    With its reason it is an episode of its own, so that the reason ends the warning.
    """
    said = case.facts.said_on(case.as_of)
    if said is None or said.begins_on is None or said.is_sick_day_dose:
        return ()
    before = case.facts.dose_before(said.begins_on)
    if before is None or said.prednisone_mg - before.prednisone_mg < RISE_MG:
        return ()
    one, other = mg_text(before.prednisone_mg), mg_text(said.prednisone_mg)
    asks = "The reason is recorded." if said.reason else "Reason?"
    return (
        Said(
            f"The dose taken went up from {one} to {other} mg of prednisone a day on "
            f"{day_text(said.begins_on)}. {asks}",
            {"from_mg": one, "to_mg": other, "since": str(said.begins_on)},
            Severity.INFO if said.reason else None,
            episode=f"{said.begins_on}{', with its reason' if said.reason else ''}",
            extent=said.prednisone_mg - before.prednisone_mg,
        ),
    )


def change_of_dose_is_not_confirmed(case: CourseCase) -> tuple[Said, ...]:
    taper = case.facts.taper
    if taper is None or not taper.is_active:
        return ()
    return (*_left_open(taper), *_late_step(case, taper))


def _left_open(taper: TaperRecord) -> tuple[Said, ...]:
    """A report was taken back behind one that stands as taken: asked once, nothing moves."""
    step = taper.left_open
    if step is None:
        return ()
    return (
        Said(
            f"That step {step.number} was taken, due {day_text(step.starts_on)}, has been taken "
            "back, while a later step stands as taken. What was taken in between?",
            {"step_number": str(step.number), "due_on": str(step.starts_on)},
            Severity.WARNING,
            episode=f"step {step.number} of {step.starts_on}, taken back",
        ),
    )


def _late_step(case: CourseCase, taper: TaperRecord) -> tuple[Said, ...]:
    late = taper.late_step_on(case.as_of)
    if late is None or late[1] < 1:
        return ()
    step, days = late
    rung = (days >= LATE_WARNING_DAYS) + (days >= LATE_ESCALATION_DAYS)
    due_on = day_text(step.starts_on)
    words = f" Nobody has confirmed it since {due_on}: please call." if rung == 2 else ""
    return (
        Said(
            f"The change due {due_on} is not confirmed. Later dates will move. "
            f"Was it taken?{words}",
            {
                "step_number": str(step.number),
                "due_on": str(step.starts_on),
                "days_late": str(days),
                "escalate": "yes" if rung == 2 else "no",
            },
            Severity.WARNING if rung else None,
            episode=f"step {step.number} of {step.starts_on}",
            extent=Decimal(rung),
        ),
    )


def steroids_were_stopped_at_once(case: CourseCase) -> tuple[Said, ...]:
    taper = case.facts.taper
    dose = case.facts.dose_on(case.as_of)
    if taper is None or dose is None or dose.prednisone_mg or not dose.confirmed:
        return ()
    if not taper.is_running_on(case.as_of) or case.as_of < taper.plan.starts_on:
        return ()
    planned_mg = taper.plan.dose_on(case.as_of)
    if planned_mg < taper.plan.drug.physiologic_mg or not _is_at_risk(taper):
        return ()
    since = case.facts.first_zero_on or case.as_of
    return (
        Said(
            f"Steroids may have been stopped early: none taken from {day_text(since)}, "
            f"{mg_text(planned_mg)} mg planned. Contact today.",
            {"since": str(since), "planned_mg": mg_text(planned_mg)},
            episode=str(since),
        ),
    )


def _is_at_risk(taper: TaperRecord) -> bool:
    plan = taper.plan
    context = ClinicalContext(exposure_days_before_start=taper.exposure_days_before_start)
    return adrenal_risk(Case(plan.drug, plan.start_daily_mg, plan.starts_on, context, plan))


def _day(day: date | None) -> str:
    return "unknown" if day is None else str(day)


COURSE_RULES = (
    CourseRule(
        code="NO_PLAN",
        says="Seven days after IBM is confirmed, steroids are tapered by a plan.",
        severity=Severity.WARNING,
        sources=(sources.BRIEF_TARGET, sources.BRIEF_AT_ONCE, sources.PROPOSAL),
        because="The brief tapers at once and stops. Staying at 10 mg or less beside a "
        "steroid-sparing drug is an exception that wants its reason recorded. Where nobody knows "
        "since when the steroid is taken, the days count from the diagnosis.",
        check=steroids_go_on_without_a_plan,
        ends_by_decision=True,
    ),
    CourseRule(
        code="DOSE_GT10",
        says="Nobody stays above 10 mg of prednisone for more than 14 days without an active "
        "plan; from 56 days this is critical.",
        severity=Severity.WARNING,
        sources=(sources.BRIEF_ABOVE_10_STAY, sources.PROPOSAL),
        because="Days of an active plan do not count, days on hold do: on hold no step is due. "
        "There may be another reason for the steroid, so ask.",
        check=dose_stays_above_10_mg,
        ends_by_decision=True,  # a plan was signed, or the dose was lowered
    ),
    CourseRule(
        code="DOSE_TAKEN_UP",
        says="A dose recorded as taken, from the first day of the taper on, that is higher by "
        "2.5 mg or more than the one before has its reason recorded.",
        severity=Severity.WARNING,
        sources=(sources.ADRENAL_SHORT_COURSE, sources.PROPOSAL),
        because="Going back to the last tolerated dose is legitimate in withdrawal; without a "
        "reason it may be an error. A note once the reason is recorded as such: what else is noted "
        "beside the dose does not count. Doses of an illness, marked as such, are left out; a rise "
        "in the plan is DOSE_REINCREASE.",
        check=dose_taken_went_up_again,
        worsens_by=RISE_MG,
    ),
    CourseRule(
        code="STEP_LATE",
        says="A change of dose is confirmed on its day: a note for 2 days, a warning from 3, and "
        "from 7 days somebody calls. A report taken back while a later step stands as taken is a "
        "warning, until it is said what was taken.",
        severity=Severity.INFO,
        sources=(sources.BRIEF_ABOVE_10, sources.BRIEF_FROM_10, sources.PROPOSAL),
        because="Often only the word is missing. Waits are minima, so a late step moves all "
        "later ones.",
        check=change_of_dose_is_not_confirmed,
        worsens_by=Decimal(1),
    ),
    CourseRule(
        code="ABRUPT_STOP",
        says="With adrenal risk, steroids are not left out altogether while the plan still holds "
        "5 mg or more.",
        severity=Severity.CRITICAL,
        sources=(sources.ADRENAL_GUIDELINE, sources.PREDNISONE_LABEL),
        because="The body may make too little of its own; a wrong entry is possible, a call "
        "settles it.",
        check=steroids_were_stopped_at_once,
    ),
)
