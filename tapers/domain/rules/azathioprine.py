"""Azathioprine: the unit, the enzyme test, the pace, and what it must not meet."""

from decimal import Decimal

from tapers.domain import sources
from tapers.domain.record import Medicine, Test
from tapers.domain.rules.rule import CourseCase, CourseRule, Said, Severity
from tapers.domain.rules.sparing import each_course, episode_of, latest, taken_of, value_text
from tapers.domain.rules.words import joined
from tapers.domain.sparing import Agent, Frequency, SparingCourse, is_faster_than_label

# Below the first three (10*9/L), above the next two (U/L), below the last (eGFR).
LOW_COUNTS = (
    ("white cells", "WHITE_CELLS", Decimal("3.5")),
    ("neutrophils", "NEUTROPHILS", Decimal("1.6")),
    ("platelets", "PLATELETS", Decimal(140)),
    ("eGFR", "EGFR", Decimal(30)),
)
HIGH_ENZYMES = (("ALT", "ALT", Decimal(100)), ("AST", "AST", Decimal(100)))
ENZYME_BLOCKERS = (Medicine.ALLOPURINOL, Medicine.FEBUXOSTAT)
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
    """Both are asked for; a missing NUDT15 alone is a note."""
    done = {test.test for test in case.facts.tests if test.on <= course.starts_on}
    missing = [test for test in (Test.TPMT, Test.NUDT15) if test not in done]
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
    signs = []
    for name, code, limit in LOW_COUNTS:
        dated = latest(case, code)
        if dated is not None and dated.reading.value is not None and dated.reading.value < limit:
            signs.append(f"{value_text(name, dated)} (guideline's limit {limit})")
    for name, code, limit in HIGH_ENZYMES:
        dated = latest(case, code)
        if dated is not None and dated.reading.value is not None and dated.reading.value > limit:
            signs.append(f"{value_text(name, dated)} (guideline's limit {limit})")
    if not signs:
        return None
    return Said(
        f"On azathioprine: {joined(signs)}. Check before the next dose.",
        {"signs": joined(signs)},
        episode=episode_of(course),
        extent=Decimal(len(signs)),
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
        "100, or an eGFR below 30 on azathioprine is a warning.",
        severity=Severity.WARNING,
        sources=(sources.BSR,),
        because="The limits are those of the guideline, whatever the laboratory's own are.",
        check=each_course(Agent.AZATHIOPRINE, results_are_out_of_bounds),
        worsens_by=Decimal(1),
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
