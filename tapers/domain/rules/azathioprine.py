"""Azathioprine: the unit, the enzyme test, the pace, and what it must not meet."""

from decimal import Decimal

from tapers.domain import sources
from tapers.domain.dose import mg_text
from tapers.domain.kidney import kidney_function
from tapers.domain.record import Medicine, Test
from tapers.domain.rules.rule import CourseCase, CourseRule, Said, Severity
from tapers.domain.rules.sparing import (
    LEAST_RISE_MG,
    each_course,
    episode_of,
    every,
    kidney_text,
    kidneys_are_not_judged,
    latest,
    taken_of,
    times_below,
    value_text,
)
from tapers.domain.rules.words import day_text, joined
from tapers.domain.sparing import (
    AZATHIOPRINE_MG_PER_KG,
    AZATHIOPRINE_START_MG,
    Agent,
    Frequency,
    SparingCourse,
    WeightBasis,
    is_faster_than_label,
    stretch_above,
)

# Below the first three (10*9/L) or the next (eGFR), above the last two (U/L).
LOW_COUNTS = (
    ("white cells", "WHITE_CELLS", Decimal("3.5")),
    ("neutrophils", "NEUTROPHILS", Decimal("1.6")),
    ("platelets", "PLATELETS", Decimal(140)),
)
LOW_EGFR = Decimal(30)
HIGH_ENZYMES = (("ALT", "ALT", Decimal(100)), ("AST", "AST", Decimal(100)))
ENZYME_BLOCKERS = (Medicine.ALLOPURINOL, Medicine.FEBUXOSTAT)
ENZYME_TESTS = (Test.TPMT, Test.NUDT15)
POOR = "POOR"
SLOW = {"INTERMEDIATE": 1, POOR: 2}  # results of the two, by how much they matter
INTERACTING = (Medicine.WARFARIN, Medicine.RIBAVIRIN, Medicine.ACE_INHIBITOR)


def unit_is_not_confirmed(case: CourseCase, course: SparingCourse) -> Said | None:
    if course.unit_confirmed and course.frequency is Frequency.ONCE_A_DAY:
        return None
    return Said(
        'Unit not confirmed: "25-50 mg weekly" may mean mg a day raised weekly, or mg a week. '
        "Confirm mg a day; until then no schedule is made.",
        {"unit_confirmed": "yes" if course.unit_confirmed else "no"},
        episode=episode_of(course),
    )


def enzyme_test_is_missing(case: CourseCase, course: SparingCourse) -> Said | None:
    """Both results are asked for; a missing NUDT15 alone is a note."""
    done = {test.test for test in case.facts.tests if test.result and test.on <= course.starts_on}
    missing = [test for test in ENZYME_TESTS if test not in done]
    if not missing:
        return None
    names = joined([test.value for test in missing])
    return Said(
        f"No {names} result before the first dose of azathioprine. Poor metabolisers are at risk "
        "of bone marrow failure.",
        {"missing": names},
        None if Test.TPMT in missing else Severity.INFO,
        episode=episode_of(course),
    )


def breaks_it_down_slowly(case: CourseCase, course: SparingCourse) -> Said | None:
    """By the last result of each test, whenever it came; the slower of the two decides."""
    last = {
        test.test: test
        for test in sorted(case.facts.tests, key=lambda test: test.on)
        if test.test in ENZYME_TESTS and test.result
    }
    slow = [test for test in last.values() if test.result in SLOW]
    if not slow:
        return None
    poor = any(test.result == POOR for test in slow)
    results = joined([f"{test.test.value} {test.result.lower()}" for test in slow])
    what = (
        "Poor metabolisers are at risk of bone marrow failure; outside malignant disease the "
        "guideline avoids the drug."
        if poor
        else "Intermediate metabolisers start at 30 to 80 % of the usual dose in the guideline."
    )
    return Said(
        f"Azathioprine is broken down slowly ({results}). {what}",
        {"results": results},
        None if poor else Severity.INFO,
        episode=episode_of(course),
        extent=Decimal(sum(SLOW[test.result] for test in slow)),
    )


def takes_an_enzyme_blocker(case: CourseCase, course: SparingCourse) -> Said | None:
    taken = taken_of(case, *ENZYME_BLOCKERS)
    if not taken:
        return None
    names = joined([medicine.label for medicine in taken])
    return Said(
        f"Azathioprine together with {names} can stop the bone marrow. Check today which of them "
        "is needed.",
        {"medicines": names},
        episode=episode_of(course),
    )


def rises_faster_than_the_label(case: CourseCase, course: SparingCourse) -> Said | None:
    if not is_faster_than_label(course.doses):
        return None
    return Said(
        "Azathioprine is raised faster than its label, which waits 6 weeks first and 4 weeks "
        "after each step; blood counts may lag behind.",
        {"increases_on": ", ".join(map(str, course.increases_on))},
        episode=episode_of(course),
    )


def results_are_out_of_bounds(case: CourseCase, course: SparingCourse) -> Said | None:
    found = (*_low_counts(case), *_weak_kidneys(case), *_high_enzymes(case))
    if not found:
        return None
    signs = joined([text for text, _ in found])
    return Said(
        f"On azathioprine: {signs}. Check before the next dose.",
        {"signs": signs},
        episode=episode_of(course),
        extent=sum((times for _, times in found), Decimal(0)),
    )


Sign = tuple[str, Decimal]  # in words, and how many times beyond its limit


def _low_counts(case: CourseCase) -> tuple[Sign, ...]:
    return tuple(
        (f"{value_text(name, dated)} (guideline's limit {limit})", times_below(value, limit))
        for name, code, limit in LOW_COUNTS
        if (dated := latest(case, code)) is not None
        and (value := dated.reading.value) is not None
        and value < limit
    )


def _weak_kidneys(case: CourseCase) -> tuple[Sign, ...]:
    function = kidney_function(case.facts)
    if function is None or function.egfr is None or function.egfr >= LOW_EGFR:
        return ()
    text = f"{kidney_text(function)} (guideline's limit {LOW_EGFR})"
    return ((text, times_below(function.egfr, LOW_EGFR)),)


def _high_enzymes(case: CourseCase) -> tuple[Sign, ...]:
    return tuple(
        (f"{value_text(name, dated)} (guideline's limit {limit})", value / limit)
        for name, code, limit in HIGH_ENZYMES
        if (dated := latest(case, code)) is not None
        and (value := dated.reading.value) is not None
        and value > limit
    )


def dose_is_above_2_mg_a_kg(case: CourseCase, course: SparingCourse) -> Said | None:
    """By the weight of the chosen basis; where that is not known it is said, as a note."""
    weight = _weight_of(case, course)
    if weight is None:
        return _dose_is_not_judged(case, course)
    limit = AZATHIOPRINE_MG_PER_KG * weight
    above = stretch_above(course, limit, as_of=case.as_of)
    if above is None:
        return None
    basis = str(course.weight_basis).lower()
    highest = mg_text(above.highest_mg)
    return Said(
        f"Azathioprine is given up to {highest} mg a day, above 2 mg a kg from "
        f"{day_text(above.begins_on)}: by the {basis} weight of {mg_text(weight)} kg that is "
        f"{mg_text(limit)} mg.",
        {"highest_mg": highest, "weight_kg": mg_text(weight), "basis": basis},
        episode=f"{Agent.AZATHIOPRINE.value} above 2 mg a kg from {above.begins_on}",
        extent=above.highest_mg,
    )


def _weight_of(case: CourseCase, course: SparingCourse) -> Decimal | None:
    """The weight given with the dose; of the actual one else the last that was measured."""
    if course.target_weight_kg is not None or course.weight_basis is not WeightBasis.ACTUAL:
        return course.target_weight_kg
    measured = latest(case, "WEIGHT")
    return measured.reading.value if measured else None


_NO_WEIGHT = {
    None: "no weight basis is chosen",
    WeightBasis.IDEAL: "build and a height from 152.4 cm for the ideal weight are not recorded",
    WeightBasis.ACTUAL: "no weight is recorded",
}


def _dose_is_not_judged(case: CourseCase, course: SparingCourse) -> Said | None:
    """50 mg are above 2 mg a kg for nobody of 25 kg or more, the least weight that is recorded."""
    if stretch_above(course, AZATHIOPRINE_START_MG, as_of=case.as_of) is None:
        return None
    why = _NO_WEIGHT[course.weight_basis]
    return Said(
        f"Whether azathioprine is above 2 mg a kg cannot be judged: {why}.",
        {"why": why},
        Severity.INFO,
        episode=f"{episode_of(course)}, weight not known",
    )


def takes_what_interacts(case: CourseCase, course: SparingCourse) -> Said | None:
    taken = taken_of(case, *INTERACTING)
    if not taken:
        return None
    names = joined([medicine.label for medicine in taken])
    return Said(
        f"Azathioprine interacts with {names}. Check doses and blood counts.",
        {"medicines": names},
        episode=episode_of(course),
        extent=Decimal(len(taken)),
    )


COURSE_RULES = (
    CourseRule(
        code="AZA_UNIT",
        says="Azathioprine is scheduled only after somebody confirmed that the dose is in mg a "
        "day.",
        severity=Severity.WARNING,
        sources=(sources.BRIEF_AZATHIOPRINE, sources.AZATHIOPRINE_LABEL),
        because='The brief\'s "25-50 mg weekly" can be read as mg a week; mg a day, raised '
        "weekly, is the cautious reading of it.",
        check=each_course(Agent.AZATHIOPRINE, unit_is_not_confirmed),
    ),
    CourseRule(
        code="AZA_NO_TPMT",
        says="TPMT and NUDT15 are known before the first dose; a missing NUDT15 alone is a note.",
        severity=Severity.WARNING,
        sources=(sources.TPMT, sources.NUDT15),
        because="Poor metabolisers avoid the drug in other than malignant disease; intermediate "
        "ones start at 30 to 80 % of the dose.",
        check=each_course(Agent.AZATHIOPRINE, enzyme_test_is_missing),
    ),
    CourseRule(
        code="AZA_SLOW",
        says="A poor metaboliser of TPMT or NUDT15 on azathioprine is a warning, an intermediate "
        "one a note.",
        severity=Severity.WARNING,
        sources=(sources.TPMT, sources.NUDT15, sources.PROPOSAL),
        because="What is not broken down collects in the bone marrow. The reference has no code "
        "for it; the severities are a proposal.",
        check=each_course(Agent.AZATHIOPRINE, breaks_it_down_slowly),
        worsens_by=Decimal(1),
    ),
    CourseRule(
        code="AZA_ALLOPURINOL",
        says="Allopurinol or febuxostat beside azathioprine is critical.",
        severity=Severity.CRITICAL,
        sources=(sources.BSR, sources.PROPOSAL),
        because="Both block the breakdown of azathioprine.",
        check=each_course(Agent.AZATHIOPRINE, takes_an_enzyme_blocker),
    ),
    CourseRule(
        code="AZA_FAST",
        says="Azathioprine is raised no faster than its label: first after 6 weeks, then every 4.",
        severity=Severity.INFO,
        sources=(sources.AZATHIOPRINE_LABEL, sources.BRIEF_AZATHIOPRINE),
        because="Weekly increases reach the target long before blood counts can show harm.",
        check=each_course(Agent.AZATHIOPRINE, rises_faster_than_the_label),
    ),
    CourseRule(
        code="AZA_COUNTS",
        says="White cells below 3.5, neutrophils below 1.6, platelets below 140, ALT or AST above "
        "100, or an eGFR below 30 on azathioprine is a warning. From a creatinine without one it "
        "is calculated (CKD-EPI 2021); where that cannot be, it is said.",
        severity=Severity.WARNING,
        sources=(sources.BSR, sources.CKD_EPI),
        because="The limits are those of the guideline, whatever the laboratory's own are. It is "
        "told again when half of a count is lost, or with a further multiple of a limit.",
        check=every(
            each_course(Agent.AZATHIOPRINE, results_are_out_of_bounds),
            each_course(Agent.AZATHIOPRINE, kidneys_are_not_judged),
        ),
        worsens_by=Decimal(1),
    ),
    CourseRule(
        code="AZA_ABOVE_TARGET",
        says="Azathioprine is given up to 2 mg a kg a day by the chosen weight; above that is a "
        "warning, asked anew with each rise. Above 50 mg a weight that is not known is a note.",
        severity=Severity.WARNING,
        sources=(sources.BRIEF_AZATHIOPRINE, sources.PROPOSAL),
        because="2 mg a kg is the target of the brief, which does not say by which weight; the "
        "prescriber chooses. More than 300 mg a day is not taken in.",
        check=each_course(Agent.AZATHIOPRINE, dose_is_above_2_mg_a_kg),
        worsens_by=LEAST_RISE_MG,
    ),
    CourseRule(
        code="AZA_INTERACTION",
        says="Warfarin, ribavirin or an ACE inhibitor beside azathioprine is a warning.",
        severity=Severity.WARNING,
        sources=(sources.BSR, sources.PROPOSAL),
        because="Warfarin may act less; ribavirin and ACE inhibitors add to what it does to the "
        "blood.",
        check=each_course(Agent.AZATHIOPRINE, takes_what_interacts),
        worsens_by=Decimal(1),
    ),
)
