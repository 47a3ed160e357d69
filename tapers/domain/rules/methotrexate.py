"""Methotrexate: once a week, with folic acid, and what speaks against it or for slowing down."""

from decimal import Decimal

from patients.instruments.kidney import NAME as EQUATION
from tapers.domain import sources
from tapers.domain.dose import mg_text
from tapers.domain.kidney import kidney_function
from tapers.domain.plan import days_after
from tapers.domain.record import DatedReading, Medicine, reported_in
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
from tapers.domain.rules.words import day_text, days_text, joined
from tapers.domain.sparing import (
    LAST_INCREASE_DAYS,
    METHOTREXATE_TARGET_MG,
    Agent,
    Frequency,
    SparingCourse,
    stretch_above,
)
from tapers.domain.symptoms import Symptom

EGFR_CRITICAL, EGFR_WARNING = Decimal(30), Decimal(60)
LIVER_TIMES_LIMIT = Decimal(3)
COUGH_DAYS = 28
LOW_COUNTS = (("platelets", "PLATELETS"), ("neutrophils", "NEUTROPHILS"))
ENZYMES = ("ALT", "AST")


def is_not_once_a_week(case: CourseCase, course: SparingCourse) -> Said | None:
    if course.frequency is Frequency.ONCE_A_WEEK:
        return None
    noted = "not recorded" if course.frequency is None else _WORDS[course.frequency]
    return Said(
        f"Methotrexate is taken ONCE A WEEK; here it is {noted}. Taken daily it can be fatal. "
        "Check with the patient today.",
        {"frequency": noted},
        episode=episode_of(course),
    )


_WORDS = {
    Frequency.ONCE_A_WEEK: "once a week",
    Frequency.ONCE_A_DAY: "once a day",
    Frequency.OTHER: "neither once a week nor once a day",
}


def has_no_folic_acid(case: CourseCase, course: SparingCourse) -> Said | None:
    if course.folic_acid_mg_per_week:
        return None
    noted = "No folic acid is given" if course.folic_acid_mg_per_week == 0 else "None is recorded"
    return Said(
        f"Methotrexate without folic acid: {noted[0].lower()}{noted[1:]}. The protocol gives 1 mg "
        "a day.",
        {
            "folic_acid_mg_per_week": "not recorded"
            if course.folic_acid_mg_per_week is None
            else mg_text(course.folic_acid_mg_per_week)
        },
        episode=episode_of(course),
    )


def kidneys_are_weak(case: CourseCase, course: SparingCourse) -> Said | None:
    """By the last eGFR, reported or worked out; so also by an earlier one when the last creatinine
    cannot be judged, which is said beside it."""
    function = kidney_function(case.facts)
    if function is None or function.egfr is None or function.egfr >= EGFR_WARNING:
        return None
    return Said(
        f"Kidney function is low ({kidney_text(function)}); methotrexate leaves the body "
        "through the kidneys. Check the dose before the next one.",
        {
            "egfr": str(function.egfr),
            "measured_on": str(function.measured_on),
            "how": f"calculated, {EQUATION}" if function.is_calculated else "reported",
        },
        Severity.CRITICAL if function.egfr < EGFR_CRITICAL else None,
        episode=episode_of(course),
        extent=-function.egfr,
    )


def takes_cotrimoxazole(case: CourseCase, course: SparingCourse) -> Said | None:
    if not taken_of(case, Medicine.TRIMETHOPRIM_SULFAMETHOXAZOLE):
        return None
    return Said(
        "Trimethoprim-sulfamethoxazole together with methotrexate can stop the bone marrow. "
        "Check today which of the two is needed.",
        {"medicine": Medicine.TRIMETHOPRIM_SULFAMETHOXAZOLE.value},
        episode=episode_of(course),
    )


def pregnancy_is_possible(case: CourseCase, course: SparingCourse) -> Said | None:
    if not case.facts.pregnant_or_planning:
        return None
    return Said(
        "Pregnant or planning a pregnancy: methotrexate harms the unborn child. Check today.",
        {"pregnant_or_planning": "yes"},
        episode=episode_of(course),
    )


def liver_is_strained(case: CourseCase, course: SparingCourse) -> Said | None:
    high = [
        (value_text(code, dated), times)
        for code in ENZYMES
        if (dated := latest(case, code)) is not None
        and (times := _times_its_limit(dated)) > LIVER_TIMES_LIMIT
    ]
    alcohol = ["regular alcohol"] if case.facts.regular_alcohol else []
    if not high and not alcohol:
        return None
    signs = joined([*(text for text, _ in high), *alcohol])
    return Said(
        f"Methotrexate and the liver: {signs}. More than 3 times the laboratory's limit, or "
        "regular alcohol, wants a look before the next dose.",
        {"signs": signs},
        episode=episode_of(course),
        extent=sum((times for _, times in high), Decimal(len(alcohol))),
    )


def blood_count_is_low(case: CourseCase, course: SparingCourse) -> Said | None:
    low = [
        (value_text(name, dated), times)
        for name, code in LOW_COUNTS
        if (dated := latest(case, code)) is not None
        and (times := _times_below_its_limit(dated)) > 1
    ]
    if not low:
        return None
    signs = joined([text for text, _ in low])
    return Said(
        f"Below the laboratory's limit on methotrexate: {signs}. Check before the next dose.",
        {"low": signs},
        episode=episode_of(course),
        extent=sum((times for _, times in low), Decimal(0)),
    )


def _times_its_limit(dated: DatedReading) -> Decimal:
    """How many times the laboratory's upper limit; 0 where either is not known."""
    value, limit = dated.reading.value, dated.reading.upper_limit
    return value / limit if value is not None and limit else Decimal(0)


def _times_below_its_limit(dated: DatedReading) -> Decimal:
    """How many times it fits into the laboratory's lower limit; 0 where either is not known."""
    value, limit = dated.reading.value, dated.reading.lower_limit
    return times_below(value, limit) if value is not None and limit else Decimal(0)


def lungs_may_be_affected(case: CourseCase, course: SparingCourse) -> Said | None:
    first = days_after(case.as_of, 1 - COUGH_DAYS)
    reported = reported_in(case.facts.symptoms, from_on=first, to_on=case.as_of)
    cough = Symptom.COUGH_OR_BREATHLESSNESS in reported
    if not cough and not case.facts.interstitial_lung_disease:
        return None
    signs = [
        *(["interstitial lung disease"] if case.facts.interstitial_lung_disease else []),
        *(["new cough or breathlessness"] if cough else []),
    ]
    return Said(
        f"Methotrexate and the lungs: {joined(signs)} on record. Assess before the next dose.",
        {"signs": joined(signs)},
        episode=episode_of(course),
        extent=Decimal(len(signs)),
    )


def rises_fast(case: CourseCase, course: SparingCourse) -> Said | None:
    """Asked once the target is reached or planned; an increase on the way says nothing yet."""
    target = course.target_mg or METHOTREXATE_TARGET_MG
    if not course.increases_on or course.doses[-1].mg < target:
        return None
    days = (course.increases_on[-1] - course.starts_on).days
    if days >= LAST_INCREASE_DAYS[0]:
        return None
    return Said(
        f"Methotrexate reaches {mg_text(target)} mg after {days_text(days)}; the protocol takes "
        "3 to 6 months.",
        {"days": str(days)},
        episode=episode_of(course),
    )


def dose_is_above_the_protocol(case: CourseCase, course: SparingCourse) -> Said | None:
    above = stretch_above(course, METHOTREXATE_TARGET_MG, as_of=case.as_of)
    if above is None:
        return None
    highest, target = mg_text(above.highest_mg), mg_text(METHOTREXATE_TARGET_MG)
    return Said(
        f"Methotrexate is given up to {highest} mg a week, above {target} mg from "
        f"{day_text(above.begins_on)}; the protocol's highest dose is {target} mg a week.",
        {"highest_mg": highest, "from_on": str(above.begins_on), "protocol_mg": target},
        episode=f"{Agent.METHOTREXATE.value} above {target} mg from {above.begins_on}",
        extent=above.highest_mg,
    )


COURSE_RULES = (
    CourseRule(
        code="MTX_DAILY",
        says="Methotrexate is taken once a week; any other frequency is critical.",
        severity=Severity.CRITICAL,
        sources=(sources.WEEKLY_METHOTREXATE, sources.BRIEF_METHOTREXATE),
        because="Taken daily by mistake it has killed people. A frequency not recorded is asked "
        "about in the same way.",
        check=each_course(Agent.METHOTREXATE, is_not_once_a_week),
    ),
    CourseRule(
        code="MTX_NO_FOLATE",
        says="Methotrexate is taken with folic acid.",
        severity=Severity.WARNING,
        sources=(sources.METHOTREXATE_3E, sources.BRIEF_METHOTREXATE),
        because="At least 5 mg a week; the brief's 1 mg a day is 7.",
        check=each_course(Agent.METHOTREXATE, has_no_folic_acid),
    ),
    CourseRule(
        code="MTX_RENAL",
        says="An eGFR of 30 to 59 on methotrexate is a warning, below 30 critical. From a "
        "creatinine without one it is calculated (CKD-EPI 2021); where that cannot be, it is said.",
        severity=Severity.WARNING,
        sources=(sources.DMARD_MONITORING, sources.CKD_EPI, sources.PROPOSAL),
        because="Methotrexate leaves the body through the kidneys and builds up when they fail. An "
        "eGFR that the laboratory reports for the same or a later day counts before a calculated "
        "one. Muscle loss lowers creatinine, so the calculated one reads too high in IBM.",
        check=every(
            each_course(Agent.METHOTREXATE, kidneys_are_weak),
            each_course(Agent.METHOTREXATE, kidneys_are_not_judged),
        ),
        worsens_by=Decimal(10),
    ),
    CourseRule(
        code="MTX_TMP_SMX",
        says="Trimethoprim-sulfamethoxazole beside methotrexate is critical.",
        severity=Severity.CRITICAL,
        sources=(sources.BSR, sources.PROPOSAL),
        because="Both act against folate; together they can stop the bone marrow.",
        check=each_course(Agent.METHOTREXATE, takes_cotrimoxazole),
    ),
    CourseRule(
        code="MTX_PREGNANCY",
        says="Methotrexate in pregnancy, or while one is planned, is critical.",
        severity=Severity.CRITICAL,
        sources=(sources.BSR, sources.PROPOSAL),
        because="It harms the unborn child.",
        check=each_course(Agent.METHOTREXATE, pregnancy_is_possible),
    ),
    CourseRule(
        code="MTX_LIVER",
        says="ALT or AST above 3 times its limit, or regular alcohol, on methotrexate is a "
        "warning.",
        severity=Severity.WARNING,
        sources=(sources.DMARD_MONITORING, sources.PROPOSAL),
        because="Both add to what methotrexate does to the liver. It is told again with each "
        "further multiple of the limit.",
        check=each_course(Agent.METHOTREXATE, liver_is_strained),
        worsens_by=Decimal(1),
    ),
    CourseRule(
        code="MTX_CYTOPENIA",
        says="Platelets or neutrophils below the laboratory's limit on methotrexate are a warning.",
        severity=Severity.WARNING,
        sources=(sources.DMARD_MONITORING, sources.PROPOSAL),
        because="It may be the first sign of too much methotrexate. It is told again when half of "
        "the count is lost.",
        check=each_course(Agent.METHOTREXATE, blood_count_is_low),
        worsens_by=Decimal(1),
    ),
    CourseRule(
        code="MTX_LUNG",
        says="Interstitial lung disease, new cough or breathlessness on methotrexate is a warning.",
        severity=Severity.WARNING,
        sources=(sources.BSR, sources.PROPOSAL),
        because="Methotrexate can inflame the lungs.",
        check=each_course(Agent.METHOTREXATE, lungs_may_be_affected),
        worsens_by=Decimal(1),
    ),
    CourseRule(
        code="MTX_ABOVE_TARGET",
        says="Methotrexate is given up to 25 mg a week; above that is a warning, asked anew with "
        "each rise.",
        severity=Severity.WARNING,
        sources=(sources.BRIEF_METHOTREXATE, sources.METHOTREXATE_LABEL, sources.PROPOSAL),
        because="25 mg a week is the highest dose of the protocol. Above 30 mg nothing is taken "
        "in, as no more is ordinarily given even in psoriasis: it is taken for a slip.",
        check=each_course(Agent.METHOTREXATE, dose_is_above_the_protocol),
        worsens_by=LEAST_RISE_MG,
    ),
    CourseRule(
        code="MTX_FAST",
        says="The last increase to the target comes no earlier than day 91.",
        severity=Severity.INFO,
        sources=(sources.BRIEF_METHOTREXATE, sources.METHOTREXATE_3E),
        because="The brief takes 3 to 6 months; general rheumatology is faster, so this is a "
        "note only.",
        check=each_course(Agent.METHOTREXATE, rises_fast),
    ),
)
