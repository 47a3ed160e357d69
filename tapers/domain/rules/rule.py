"""What a rule is, what it may ask, and what it says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from tapers.domain.context import ClinicalContext
from tapers.domain.dose import Drug
from tapers.domain.plan import Plan
from tapers.domain.record import CourseFacts
from tapers.domain.schedule import Conforming, conforming_regimens
from tapers.domain.sources import Source


class Severity(StrEnum):
    """INFO is a note; WARNING and CRITICAL want one reason from the prescriber before going on."""

    INFO = "INFO"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        """0 for the most severe."""
        return (Severity.CRITICAL, Severity.WARNING, Severity.INFO).index(self)

    @property
    def needs_reason(self) -> bool:
        return self is not Severity.INFO


class NoPlanMade(Exception):
    """A rule asked for the plan where none could be made; such a rule says so in needs_plan."""


@dataclass(frozen=True)
class Case:
    """What a rule may ask. `made` is None where no plan could be made of the start dose."""

    drug: Drug
    daily_mg: Decimal
    starts_on: date
    context: ClinicalContext
    made: Plan | None = None
    known_conforming: Conforming | None = None

    @property
    def plan(self) -> Plan:
        if self.made is None:
            raise NoPlanMade
        return self.made

    @cached_property
    def conforming(self) -> Conforming:
        """The standard regimens that fit the window from the dose when the plan was made."""
        return self.known_conforming or conforming_regimens(
            drug=self.drug,
            daily_mg=self.daily_mg,
            starts_on=self.starts_on,
            hold_days=self.context.hold_days,
            applies_to=self.context.window_applies_to,
        )

    @property
    def is_revised(self) -> bool:
        """The plan no longer follows from its start dose alone: revised, by hand, late, paused."""
        context = self.context
        return (
            context.revised_from_step is not None
            or context.edited_from_step is not None
            or any(step.days != step.wait_days for step in self.plan.steps)
            or any(self.plan.decrement_mg(step.number) < 0 for step in self.plan.steps)
        )


@dataclass(frozen=True)
class CourseCase:
    """What a rule of the course may ask: the facts as known on a day, and the day itself."""

    facts: CourseFacts
    as_of: date


@dataclass(frozen=True)
class Said:
    """What a check found: the sentence to show, the values in it, a severity if not the rule's.

    `episode` names the stretch of events that this belongs to; there is one alert for each.
    `extent` grows as it gets worse, in a measure of the rule's own.
    """

    message: str
    values: Mapping[str, str] = field(default_factory=dict)
    severity: Severity | None = None
    episode: str = ""
    extent: Decimal | None = None


@dataclass(frozen=True)
class Statement:
    """One clinical sentence with its weight. The code stays when the rule changes."""

    code: str
    says: str
    severity: Severity
    sources: tuple[Source, ...]
    because: str


@dataclass(frozen=True)
class Rule(Statement):
    """A sentence that can be held against a plan."""

    check: Callable[[Case], Said | None]
    needs_plan: bool = True


@dataclass(frozen=True)
class CourseRule(Statement):
    """A sentence that can be held against the course of a patient.

    An alert that stands is raised again when it is more severe, or when its extent grew by
    `worsens_by`; without that number growth alone raises nothing. What is critical waits for a
    person even when the rule falls silent, unless only a person's decision can silence it.
    `undecided` names episodes of which the facts tell neither that they go on nor that they are
    over; their alerts stand.
    """

    check: Callable[[CourseCase], tuple[Said, ...]]
    worsens_by: Decimal | None = None
    ends_by_decision: bool = False
    undecided: Callable[[CourseCase], tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Finding:
    """What a rule said of one plan or course, with what it rests on."""

    code: str
    severity: Severity
    message: str
    sources: tuple[Source, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    episode: str = ""
    extent: Decimal | None = None

    @property
    def needs_reason(self) -> bool:
        return self.severity.needs_reason
