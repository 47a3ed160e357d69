"""Results of the tests before a steroid-sparing drug that somebody looks at: never passed over."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from tapers.domain import sources
from tapers.domain.record import WORSE, Medicine, Test, TestDone, last_result, unnamed_result
from tapers.domain.rules.rule import CourseCase, CourseRule, Said, Severity
from tapers.domain.rules.sparing import courses_of, episode_of, taken_of
from tapers.domain.rules.words import day_text, upper_first
from tapers.domain.sparing import Agent, SparingCourse


@dataclass(frozen=True)
class _Drug:
    """What a result is held against: a drug of a course, or one on the list of medicines."""

    code: str
    given: str
    episode: str


def _drugs_of(case: CourseCase) -> Iterable[_Drug]:
    """What weakens the defence beside the steroid, given or planned."""
    for course in courses_of(case, Agent.METHOTREXATE, Agent.AZATHIOPRINE):
        yield _Drug(course.agent.value, _given(case, course), episode_of(course))
    for medicine in taken_of(case, Medicine.OTHER_IMMUNOSUPPRESSANT):
        given = "another immunosuppressant is on the list of medicines"
        yield _Drug(medicine.value, given, medicine.value)


def _given(case: CourseCase, course: SparingCourse) -> str:
    since = "planned from" if case.as_of < course.starts_on else "given since"
    return f"{course.agent.label.lower()} is {since} {day_text(course.starts_on)}"


def _standing(*wanted: Test) -> Callable[[CourseCase], tuple[Said, ...]]:
    """Return a check that tells of each of those tests whose last result is one to look at."""

    def check(case: CourseCase) -> tuple[Said, ...]:
        last = (_last(case.facts.tests, test) for test in wanted)
        found = [each for each in last if each is not None and each.result in WORSE]
        return tuple(_said(each, drug) for drug in _drugs_of(case) for each in found)

    return check


def _last(tests: Iterable[TestDone], test: Test) -> TestDone | None:
    return unnamed_result(tests) if test is Test.HEPATITIS_B else last_result(tests, test)


def _said(done: TestDone, drug: _Drug) -> Said:
    """Per drug and test; from not clear to positive it is worse."""
    return Said(
        f"{upper_first(done.in_words)} on {day_text(done.on)}, and {drug.given}. Has the "
        "prescriber looked at this result?",
        {"results": done.in_words, "done_on": str(done.on), "drug": drug.code},
        episode=f"{drug.episode}, {done.test.label}",
        extent=Decimal(WORSE[done.result]),
    )


COURSE_RULES = (
    CourseRule(
        code="HEPATITIS_POSITIVE",
        says="While the last result of HBsAg, of anti-HBc (hepatitis B) or of hepatitis C is "
        "positive or not clear, and methotrexate, azathioprine or another immunosuppressant is "
        "given or planned, the prescriber is asked to look.",
        severity=Severity.WARNING,
        sources=(
            sources.LAB_METHOTREXATE,
            sources.DMARD_MONITORING,
            sources.BSR,
            sources.PROPOSAL,
        ),
        because="The test is asked for because of its result. Hepatitis B can flare up where the "
        "defence is weakened, and methotrexate adds to what the liver bears. Each "
        "test is asked about for itself: a negative HBsAg does not answer a positive anti-HBc. A "
        "hepatitis B recorded without the name of its test stands until both have a later result. "
        "The reference has no code for it; the severity is a proposal.",
        check=_standing(Test.HBSAG, Test.ANTI_HBC, Test.HEPATITIS_B, Test.HEPATITIS_C),
        worsens_by=Decimal(1),
    ),
    CourseRule(
        code="CHEST_FILM_ABNORMAL",
        says="While the last chest film is abnormal, and methotrexate, azathioprine or another "
        "immunosuppressant is given or planned, the prescriber is asked to look.",
        severity=Severity.WARNING,
        sources=(sources.LAB_METHOTREXATE, sources.DMARD_MONITORING, sources.PROPOSAL),
        because="The film is asked for before methotrexate; that one on record is held against the "
        "other drugs, too, is a proposal, and so is the severity. The reference has no code for "
        "it.",
        check=_standing(Test.CHEST_FILM),
        worsens_by=Decimal(1),
    ),
)
