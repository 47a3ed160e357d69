"""What a prescriber writes down of a steroid-sparing drug, and the course that comes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from tapers.domain.errors import (
    DomainError,
    DosesNotInOrder,
    DosesOrTitration,
    IncrementMissing,
    NotOfThisDrug,
    OutOfRange,
    UnitNotConfirmed,
)
from tapers.domain.sparing import (
    AZATHIOPRINE_MG,
    METHOTREXATE_MG,
    Agent,
    Build,
    CheckScheme,
    Frequency,
    Increments,
    Pace,
    SparingCourse,
    SparingDose,
    Titration,
    Weekday,
    WeightBasis,
    azathioprine_titration,
    methotrexate_titration,
    weight_by,
)

MAX_DOSES = 60
FOLIC_ACID_MG = (Decimal(0), Decimal(70))  # a week; what is accepted at all: proposal
WEIGHT_KG = (Decimal(20), Decimal(300))  # what is accepted at all: proposal
HEIGHT_CM = (Decimal(100), Decimal(230))  # what is accepted at all: proposal
MG_OF: dict[Agent, tuple[Decimal, Decimal]] = {
    Agent.METHOTREXATE: METHOTREXATE_MG,
    Agent.AZATHIOPRINE: AZATHIOPRINE_MG,
}
SCHEMES_OF: dict[Agent, tuple[CheckScheme, ...]] = {
    Agent.METHOTREXATE: (CheckScheme.METHOTREXATE,),
    Agent.AZATHIOPRINE: (CheckScheme.AZATHIOPRINE_LABEL, CheckScheme.AZATHIOPRINE_BSR),
}


@dataclass(frozen=True)
class Prescription:
    """A drug with its doses: written out, or a start dose that may be raised to a target.

    mg are a week for methotrexate, a day for azathioprine. Methotrexate is raised by `increment_mg`
    every `every_days`; azathioprine at its label's pace, or `weekly`. None is not said. With no
    dose at all, only the particulars of a course that exists change. `weight_kg` is the actual
    weight; the ideal one comes of build and height.
    """

    agent: Agent
    starts_on: date | None = None
    start_mg: Decimal | None = None
    target_mg: Decimal | None = None
    increment_mg: Decimal | None = None
    every_days: int | None = None
    weekly: bool = False
    doses: tuple[SparingDose, ...] = ()
    frequency: Frequency | None = None
    weekday: Weekday | None = None
    folic_acid_mg_per_week: Decimal | None = None
    unit_confirmed: bool = False
    weight_basis: WeightBasis | None = None
    weight_kg: Decimal | None = None
    build: Build | None = None
    height_cm: Decimal | None = None
    check_scheme: CheckScheme | None = None
    dense_after_increase: bool = True
    as_written: str = ""

    @property
    def has_doses(self) -> bool:
        return bool(self.doses) or self.start_mg is not None

    @property
    def is_raised(self) -> bool:
        """Whether a schedule is to be made of it."""
        return self.target_mg is not None and self.target_mg != self.start_mg

    def titration(self) -> Titration | None:
        """Return the schedule that comes of it; None where the doses are written out."""
        if self.start_mg is None or self.starts_on is None or not self.is_raised:
            return None
        if self.agent is Agent.METHOTREXATE:
            return self._methotrexate(self.start_mg, self.starts_on)
        return azathioprine_titration(
            starts_on=self.starts_on,
            target_mg=self.target_mg or self.start_mg,
            unit_confirmed=self.unit_confirmed,
            start_mg=self.start_mg,
            weekly=self.weekly,
            **({} if self.increment_mg is None else {"increment_mg": self.increment_mg}),
        )

    def course(
        self, *, before: tuple[SparingDose, ...] = (), recorded_on: date | None = None
    ) -> SparingCourse:
        """Return the course: doses of *before* up to the first new one, then the new ones.

        Raise DomainError for what cannot be given that way.
        """
        self.check()
        titration = self.titration()
        new = titration.doses if titration else self._written_out()
        kept = tuple(dose for dose in before if not new or dose.on < new[0].on)
        doses = (*kept, *new)
        if not doses:
            raise OutOfRange("start_mg", *MG_OF[self.agent], "mg")
        if self.agent is Agent.AZATHIOPRINE and len(doses) > 1 and not self.unit_confirmed:
            raise UnitNotConfirmed
        made = titration.frequency if titration else None
        return SparingCourse(
            agent=self.agent,
            doses=doses,
            frequency=self.frequency or made,
            weekday=self.weekday or (titration.weekday if titration else None),
            folic_acid_mg_per_week=self.folic_acid_mg_per_week,
            unit_confirmed=self.unit_confirmed,
            weight_basis=self.weight_basis,
            target_weight_kg=self._target_weight_kg(),
            target_mg=self.target_mg,
            check_scheme=self.check_scheme,
            dense_after_increase=self.dense_after_increase,
            recorded_on=recorded_on,
        )

    def pace(self) -> Pace | None:
        titration = self.titration()
        return titration.pace if titration else None

    def check(self) -> None:
        """Raise DomainError for what belongs to another drug, and for doses that are none."""
        for refusal in self.refusals():
            raise refusal

    def refusals(self) -> Iterator[DomainError]:
        """Yield all there is to refuse, so that a form can say it at once."""
        if self.agent not in MG_OF:
            yield NotOfThisDrug("agent", self.agent.label)
            return
        yield from self._of_another_drug()
        if self.doses and self.start_mg is not None:
            yield DosesOrTitration()
        yield from self._doses_that_are_none()
        yield from self._numbers_out_of_range()

    def _of_another_drug(self) -> Iterator[DomainError]:
        for field, agent, given in (
            ("weekday", Agent.METHOTREXATE, self.weekday is not None),
            ("folic_acid_mg_per_week", Agent.METHOTREXATE, self.folic_acid_mg_per_week is not None),
            ("every_days", Agent.METHOTREXATE, self.every_days is not None),
            ("weekly", Agent.AZATHIOPRINE, self.weekly),
            ("unit_confirmed", Agent.AZATHIOPRINE, self.unit_confirmed),
            ("weight_basis", Agent.AZATHIOPRINE, self.weight_basis is not None),
            ("weight_kg", Agent.AZATHIOPRINE, self.weight_kg is not None),
            ("build", Agent.AZATHIOPRINE, self.build is not None),
            ("height_cm", Agent.AZATHIOPRINE, self.height_cm is not None),
        ):
            if given and agent is not self.agent:
                yield NotOfThisDrug(field, self.agent.label)
        if self.check_scheme not in (None, *SCHEMES_OF[self.agent]):
            yield NotOfThisDrug("check_scheme", self.agent.label)

    def _numbers_out_of_range(self) -> Iterator[DomainError]:
        for field, number, (low, high), unit in (
            ("folic_acid_mg_per_week", self.folic_acid_mg_per_week, FOLIC_ACID_MG, "mg"),
            ("weight_kg", self.weight_kg, WEIGHT_KG, "kg"),
            ("height_cm", self.height_cm, HEIGHT_CM, "cm"),
            ("target_mg", self.target_mg, MG_OF[self.agent], "mg"),
        ):
            if number is not None and not (number.is_finite() and low <= number <= high):
                yield OutOfRange(field, low, high, unit)

    def _methotrexate(self, start_mg: Decimal, starts_on: date) -> Titration:
        if self.increment_mg is None or self.every_days is None:
            raise IncrementMissing
        return methotrexate_titration(
            starts_on=starts_on,
            increments=Increments(self.increment_mg, self.every_days),
            start_mg=start_mg,
            target_mg=self.target_mg or start_mg,
            weekday=self.weekday,
        )

    def _target_weight_kg(self) -> Decimal | None:
        return weight_by(
            self.weight_basis, build=self.build, height_cm=self.height_cm, weight_kg=self.weight_kg
        )

    def _written_out(self) -> tuple[SparingDose, ...]:
        if self.doses or self.start_mg is None or self.starts_on is None:
            return self.doses
        return (SparingDose(self.starts_on, self.start_mg),)

    def _doses_that_are_none(self) -> Iterator[DomainError]:
        low, high = MG_OF[self.agent]
        if self.start_mg is not None and not low <= self.start_mg <= high:
            yield OutOfRange("start_mg", low, high, "mg")
        if self.start_mg is not None and self.starts_on is None:
            yield IncrementMissing("starts_on", "Give the day of the first dose.")
        if len(self.doses) > MAX_DOSES:
            yield OutOfRange("doses", 1, MAX_DOSES, "doses")
        if any(not low <= dose.mg <= high for dose in self.doses):
            yield OutOfRange("doses", low, high, "mg")
        if any(after.on <= before.on for before, after in pairwise(self.doses)):
            yield DosesNotInOrder()
