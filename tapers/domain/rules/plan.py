"""The plan as a whole: how long it lasts, odd steps, tablets, pattern of days, when it starts."""

from decimal import Decimal

from tapers.domain import sources
from tapers.domain.dose import from_prednisone_mg, mg_text, tablets_for, to_prednisone_mg
from tapers.domain.plan import WindowAppliesTo
from tapers.domain.rules.adrenal import adrenal_risk
from tapers.domain.rules.rule import Case, Rule, Said, Severity
from tapers.domain.rules.words import day_text, days_text, dose_text, joined, weeks_text
from tapers.domain.schedule import DECREMENT_MG, LINE_MG, WINDOW_DAYS, Candidate, window_days_of

SHORTEST_DAYS, LONGEST_DAYS = WINDOW_DAYS
START_WITHIN_DAYS = 7  # "at once", made a number: proposal
RISE_MG = Decimal("2.5")  # prednisone mg; a smaller rise is rounding to tablets: proposal


def _days(case: Case) -> int:
    return window_days_of(plan=case.plan, applies_to=case.context.window_applies_to)


def _counts_to_10(case: Case) -> bool:
    return case.context.window_applies_to is WindowAppliesTo.TO_10_MG


def lasts_longer_than_8_weeks(case: Case) -> Said | None:
    days = _days(case)
    if days <= LONGEST_DAYS:
        return None
    lasts = "takes" if _counts_to_10(case) else "lasts"
    end = " to reach 10 mg" if _counts_to_10(case) else ""
    return Said(
        f"This plan {lasts} {weeks_text(days)}{end}; the protocol asks for 4-8."
        f"{_conforming_text(case)}",
        {"days": str(days), "longest_days": str(LONGEST_DAYS)},
        Severity.INFO if case.context.reasons.get("PLAN_LONG") else None,
    )


def _conforming_text(case: Case) -> str:
    """Name the options of a plan that still follows from its start dose."""
    if case.is_revised or case.drug.is_long_acting:
        return ""
    options = [_option_text(case, each) for each in case.conforming.candidates]
    if not options:
        return f" From {_start_text(case)} no standard combination meets that."
    return f" Conforming options: {'; '.join(options)}."


def _option_text(case: Case, candidate: Candidate) -> str:
    regimen = candidate.regimen
    below = f"every {regimen.interval_days_from_10_mg} days"
    length = days_text(candidate.duration_days)
    if to_prednisone_mg(drug=case.drug, mg=case.daily_mg) <= LINE_MG:
        return f"{below} ({length})"
    above = f"{mg_text(regimen.decrement_mg)} mg every {regimen.interval_days} days"
    return f"{above}, then from 10 mg {below} ({length})"


def _start_text(case: Case) -> str:
    return dose_text(drug=case.drug, mg=case.daily_mg)


def ends_before_4_weeks(case: Case) -> Said | None:
    days = case.conforming.longest_days if case.made is None else _days(case)
    if days >= SHORTEST_DAYS or (case.made is None and case.drug.is_long_acting):
        return None
    subject = "This plan" if case.made else "Even the slowest standard combination"
    verb = "reaches 10 mg" if _counts_to_10(case) else "ends"
    return Said(
        f"{subject} {verb} in {weeks_text(days)}. {_how_to_last_longer(case, days)}",
        {"days": str(days), "shortest_days": str(SHORTEST_DAYS)},
        Severity.WARNING if adrenal_risk(case) else None,
    )


def _how_to_last_longer(case: Case, days: int) -> str:
    if case.conforming.longest_days >= SHORTEST_DAYS or (case.made and case.is_revised):
        return "Consider longer intervals."
    held = case.context.hold_days + SHORTEST_DAYS - case.conforming.longest_days
    return (
        f"No interval of the protocol reaches 4 weeks from {_start_text(case)}; "
        f"the present dose can be held first, for {days_text(held)} or more."
    )


def no_combination_fits_8_weeks(case: Case) -> Said | None:
    shortest = case.conforming.shortest_days
    if shortest <= LONGEST_DAYS or (case.made is None and case.drug.is_long_acting):
        return None
    end = " to reach 10 mg" if _counts_to_10(case) else ""
    hold = case.context.hold_days
    held = f", the hold of {days_text(hold)} included" if hold else ""
    return Said(
        f"No combination of these steps meets 8 weeks{end} from {_start_text(case)}. "
        f"Shortest is {weeks_text(shortest)}{held}.",
        {"daily_mg": mg_text(case.daily_mg), "shortest_days": str(shortest)},
    )


def has_an_odd_step_to_10_mg(case: Case) -> Said | None:
    line = from_prednisone_mg(drug=case.drug, prednisone_mg=LINE_MG)
    smallest = DECREMENT_MG[0]
    for step in case.plan.steps:
        lowers = case.plan.decrement_mg(step.number)
        if step.daily_mg == line and 0 < lowers < smallest:
            own = case.plan.dose_before(step.number) - step.daily_mg
            return Said(
                f"The step to {mg_text(line)} mg on {day_text(step.starts_on)} lowers by "
                f"{dose_text(drug=case.drug, mg=own)}, less than {smallest} mg, to land on "
                "10 mg of prednisone. Please check this step.",
                {"step_number": str(step.number), "decrement_mg": mg_text(lowers)},
            )
    return None


def a_dose_cannot_be_made_of_tablets(case: Case) -> Said | None:
    strengths = case.context.tablet_strengths
    if strengths is None:
        return None
    if not strengths:
        return _no_tablets_are_listed(case)
    doses = dict.fromkeys(step.daily_mg for step in case.plan.steps)
    missing = [dose for dose in doses if tablets_for(daily_mg=dose, strengths=strengths) is None]
    if not missing:
        return None
    stock = ", ".join(
        f"{mg_text(each.strength_mg)}{' (scored)' if each.scored else ''}"
        for each in sorted(strengths, key=lambda each: each.strength_mg)
    )
    wanted = joined([mg_text(dose) for dose in missing])
    return Said(
        f"{wanted} mg cannot be made from the tablets in stock: {stock} mg. "
        "Please check the tablets.",
        {"doses_mg": wanted, "strengths_mg": stock},
    )


def _no_tablets_are_listed(case: Case) -> Said:
    drug = case.drug.label.lower()
    return Said(
        f"No tablets of {drug} are listed, so it is not known whether these doses can be made of "
        "tablets. Please check the tablets.",
        {"drug": case.drug.value, "strengths_mg": "none"},
    )


def doses_alternate_by_day(case: Case) -> Said | None:
    other = case.context.alternate_daily_mg
    if other is None:
        return None
    given = case.context.given_daily_mg
    one = 2 * case.daily_mg - other if given is None else given
    return Said(
        f"Doses alternate: {mg_text(one)} mg and {mg_text(other)} mg, "
        f"{mg_text((one + other) / 2)} mg a day on average. The protocol assumes the same dose "
        "every day. Please check the pattern.",
        {"daily_mg": mg_text(one), "alternate_daily_mg": mg_text(other)},
    )


def no_biopsy_is_recorded(case: Case) -> Said | None:
    patient = case.context.patient
    if patient is None or patient.biopsy_recorded:
        return None
    return Said("No biopsy recorded. A taper does not wait for it.")


def starts_late_after_confirmation(case: Case) -> Said | None:
    patient = case.context.patient
    if patient is None or patient.confirmed_on is None:
        return None
    days = (case.starts_on - patient.confirmed_on).days
    if days <= START_WITHIN_DAYS:
        return None
    return Said(
        f"Confirmed on {day_text(patient.confirmed_on)}, {days_text(days)} before the start; the "
        "protocol starts at once.",
        {"confirmed_on": str(patient.confirmed_on), "days": str(days)},
    )


def dose_goes_up_again(case: Case) -> Said | None:
    """Asked of the first step of the latest revision; no other step can rise."""
    first = case.context.revised_from_step
    if first is None or -case.plan.decrement_mg(first) < RISE_MG:
        return None
    return _went_up(case, first)


def _went_up(case: Case, number: int) -> Said:
    step = case.plan.step(number)
    before = dose_text(drug=case.drug, mg=case.plan.dose_before(number))
    after = dose_text(drug=case.drug, mg=step.daily_mg)
    context = case.context
    documented = bool(context.revision_reason or context.reasons.get("DOSE_REINCREASE"))
    return Said(
        f"The dose goes up from {before} to {after} on {day_text(step.starts_on)}. "
        f"{'The reason is recorded.' if documented else 'Reason?'}",
        {"step_number": str(number), "from": before, "to": after},
        Severity.INFO if documented else None,
    )


RULES = (
    Rule(
        code="PLAN_LONG",
        says="The whole taper lasts at most 8 weeks (56 days).",
        severity=Severity.WARNING,
        sources=(sources.BRIEF_WINDOW, sources.BRIEF),
        because="The brief's total and its steps do not agree above 40 mg; the steps are kept and "
        "the total is pointed out, with the options that fit. A note once a reason is recorded.",
        check=lasts_longer_than_8_weeks,
    ),
    Rule(
        code="PLAN_SHORT",
        says="The whole taper lasts at least 4 weeks (28 days).",
        severity=Severity.INFO,
        sources=(sources.BRIEF_WINDOW, sources.ADRENAL_GUIDELINE, sources.BRIEF),
        because="Shorter is faster than the brief; a warning where the adrenal glands may be "
        "suppressed.",
        check=ends_before_4_weeks,
        needs_plan=False,
    ),
    Rule(
        code="PLAN_NO_CONFORMING",
        says="Some start doses fit 8 weeks with none of the eight standard combinations.",
        severity=Severity.INFO,
        sources=(sources.BRIEF_WINDOW, sources.BRIEF_ABOVE_10, sources.BRIEF_FROM_10),
        because="Above 60 mg, first reduction on the first day, even the fastest steps take more "
        "than 8 weeks; that is said plainly, with the shortest possible.",
        check=no_combination_fits_8_weeks,
        needs_plan=False,
    ),
    Rule(
        code="PLAN_ODD_STEP",
        says="A step above 10 mg that stops at exactly 10 mg may be smaller than 5 mg.",
        severity=Severity.INFO,
        sources=(sources.BRIEF_ABOVE_10, sources.PROPOSAL),
        because="Start doses off the 5 mg steps leave a remainder; it is taken as a smaller step, "
        "the slower side.",
        check=has_an_odd_step_to_10_mg,
    ),
    Rule(
        code="TABLET_CHECK",
        says="Every dose can be made of the tablets in stock, halves of scored ones only.",
        severity=Severity.INFO,
        sources=(sources.PREDNISONE_LABEL, sources.PREDNISOLONE_TABLETS),
        because="Strengths differ by country and clinic, and 7.5 mg needs the 2.5 mg strength or "
        "half of a scored 5 mg. Where no tablets of the drug are listed, that is said, too.",
        check=a_dose_cannot_be_made_of_tablets,
    ),
    Rule(
        code="ALT_DAY",
        says="The ladder assumes the same dose every day.",
        severity=Severity.INFO,
        sources=(sources.PROPOSAL,),
        because="The mean of alternating doses is where the ladder begins; one daily dose should "
        "be agreed on first.",
        check=doses_alternate_by_day,
        needs_plan=False,
    ),
    Rule(
        code="BIOPSY_MISSING",
        says="The result of a biopsy is recorded.",
        severity=Severity.INFO,
        sources=(sources.BRIEF_BIOPSY, sources.CRITERIA),
        because="The diagnosis decides about the taper, but clinically defined IBM is accepted, so "
        "nothing waits for it.",
        check=no_biopsy_is_recorded,
    ),
    Rule(
        code="TAPER_DELAYED",
        says="The taper starts within 7 days of the confirmed diagnosis.",
        severity=Severity.INFO,
        sources=(sources.BRIEF_AT_ONCE, sources.PROPOSAL),
        because='The brief says "immediately"; 7 days makes that a number.',
        check=starts_late_after_confirmation,
    ),
    Rule(
        code="DOSE_REINCREASE",
        says="A dose that goes up again by 2.5 mg or more has a documented reason.",
        severity=Severity.WARNING,
        sources=(sources.ADRENAL_SHORT_COURSE, sources.PROPOSAL),
        because="Stepping back to the last tolerated dose is legitimate in withdrawal; without a "
        "reason it may be an error. A note once the reason is recorded.",
        check=dose_goes_up_again,
    ),
)
