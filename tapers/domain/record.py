"""What is known of a patient up to a day: doses, readings, reports, medicines, other drugs.

None is "not recorded" everywhere; it is never read as no or as 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from patients.instruments.kidney import EquationSex
from patients.instruments.reading import Reading
from tapers.domain.course import (
    DosePeriod,
    Outcome,
    Report,
    dose_periods,
    late_step,
    step_left_open,
)
from tapers.domain.dose import Drug, to_prednisone_mg
from tapers.domain.plan import DoseStep, Plan
from tapers.domain.protocol import Protocol
from tapers.domain.sparing import Infusion, SparingCourse
from tapers.domain.symptoms import Symptom

ZERO = Decimal(0)


class Medicine(StrEnum):
    """Other medicines that a rule asks about."""

    TRIMETHOPRIM_SULFAMETHOXAZOLE = "TRIMETHOPRIM_SULFAMETHOXAZOLE"
    ALLOPURINOL = "ALLOPURINOL"
    FEBUXOSTAT = "FEBUXOSTAT"
    WARFARIN = "WARFARIN"
    RIBAVIRIN = "RIBAVIRIN"
    ACE_INHIBITOR = "ACE_INHIBITOR"
    STATIN = "STATIN"
    INSULIN_OR_SULFONYLUREA = "INSULIN_OR_SULFONYLUREA"
    ORAL_OESTROGEN = "ORAL_OESTROGEN"
    OTHER_IMMUNOSUPPRESSANT = "OTHER_IMMUNOSUPPRESSANT"

    @property
    def label(self) -> str:
        return {
            "TRIMETHOPRIM_SULFAMETHOXAZOLE": "trimethoprim-sulfamethoxazole (co-trimoxazole)",
            "ACE_INHIBITOR": "an ACE inhibitor",
            "INSULIN_OR_SULFONYLUREA": "insulin or a sulfonylurea",
        }.get(self.value, self.value.replace("_", " ").lower())


class Test(StrEnum):
    """Single tests that are done or not, without a number that a rule reads.

    HEPATITIS_B is one of HBSAG and ANTI_HBC of which nobody recorded which.
    """

    __test__ = False  # no test of pytest's

    TPMT = "TPMT"
    NUDT15 = "NUDT15"
    HBSAG = "HBSAG"
    ANTI_HBC = "ANTI_HBC"
    HEPATITIS_B = "HEPATITIS_B"
    HEPATITIS_C = "HEPATITIS_C"
    CHEST_FILM = "CHEST_FILM"

    @property
    def label(self) -> str:
        return {
            "HBSAG": "HBsAg",
            "ANTI_HBC": "anti-HBc",
            "HEPATITIS_B": "hepatitis B",
            "HEPATITIS_C": "hepatitis C",
            "CHEST_FILM": "chest film",
        }.get(self.value, self.value)


@dataclass(frozen=True)
class TestDone:
    __test__ = False

    test: Test
    on: date
    result: str = ""  # as it was recorded, NORMAL, INTERMEDIATE, POOR, …; "" where it was not

    @property
    def in_words(self) -> str:
        """The test with its result: "HBsAg not clear"."""
        which = " (which test not recorded)" if self.test is Test.HEPATITIS_B else ""
        return f"{self.test.label} {self.result.replace('_', ' ').lower()}{which}"


WORSE = {
    "NOT_CLEAR": 1,
    "POSITIVE": 2,
    "ABNORMAL": 2,
}  # results to look at, by how much they matter


def last_result(tests: Iterable[TestDone], test: Test) -> TestDone | None:
    """Return the last recorded result of that test; of several on one day the one that matters
    most. A test without a result changes nothing."""
    known = [each for each in tests if each.test is test and each.result]
    return max(known, key=lambda each: (each.on, WORSE.get(each.result, 0)), default=None)


def unnamed_result(tests: Iterable[TestDone]) -> TestDone | None:
    """Return the gravest result to look at of a hepatitis B without the name of its test.

    It was HBsAg or anti-HBc: only a later result of each of them answers it. Another one without a
    name may be of the other test, and answers nothing.
    """
    known = list(tests)
    named = [last_result(known, each) for each in (Test.HBSAG, Test.ANTI_HBC)]
    standing = [
        each
        for each in known
        if each.test is Test.HEPATITIS_B
        and each.result in WORSE
        and not all(later is not None and each.on < later.on for later in named)
    ]
    return max(standing, key=lambda each: (WORSE[each.result], each.on), default=None)


@dataclass(frozen=True)
class Diagnosis:
    """IBM: confirmed or not, and since when."""

    confirmed: bool | None = None
    confirmed_on: date | None = None


@dataclass(frozen=True)
class SteroidPeriod:
    """A dose that was taken, as recorded by somebody: before a taper, or unlike the plan in it.

    An unknown first day stays unknown; `known_on` is a day on which the dose was seen.
    `ends_on` is the first day without it. `reason` is why it was raised;
    `is_sick_day_dose` says that it was taken for a while because of an illness.
    """

    drug: Drug
    daily_mg: Decimal
    begins_on: date | None = None
    ends_on: date | None = None
    known_on: date | None = None
    reason: str = ""
    is_sick_day_dose: bool = False

    @property
    def prednisone_mg(self) -> Decimal:
        return to_prednisone_mg(drug=self.drug, mg=self.daily_mg)

    @property
    def first_known_on(self) -> date | None:
        """The first day of which it is certain."""
        if self.begins_on is not None or self.known_on is not None:
            return self.begins_on or self.known_on
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    def covers(self, day: date) -> bool:
        first = self.first_known_on
        return first is not None and first <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True)
class DoseChange:
    """From one dose to another on a day of the taper, mg of prednisone a day."""

    step_number: int
    on: date
    from_mg: Decimal
    to_mg: Decimal


@dataclass(frozen=True)
class TaperRecord:
    """A taper as it stands: its plan, what was said, whether it is on hold or over.

    `frozen_on` is the day whose dose stays in force, on hold or after an early end. Steps before
    `asks_from_step` are settled: nobody is asked about them. Of steps `taken_back` a report was.
    """

    plan: Plan
    reports: tuple[Report, ...] = ()
    exposure_days_before_start: int | None = None
    held_on: date | None = None
    frozen_on: date | None = None
    ended_on: date | None = None
    asks_from_step: int = 1
    taken_back: frozenset[int] = frozenset()

    def is_running_on(self, day: date) -> bool:
        return self.ended_on is None or day < self.ended_on

    @property
    def is_active(self) -> bool:
        return self.ended_on is None and self.held_on is None

    @cached_property
    def periods(self) -> tuple[DosePeriod, ...]:
        held_on = self.frozen_on or self.held_on
        return dose_periods(plan=self.plan, reports=self.reports, held_on=held_on)

    @property
    def begins_on(self) -> date:
        return self.periods[0].begins_on

    @property
    def start_prednisone_mg(self) -> Decimal:
        """The dose before the plan, a day."""
        return to_prednisone_mg(drug=self.plan.drug, mg=self.plan.start_daily_mg)

    @property
    def first_zero_on(self) -> date | None:
        """The first day without steroid, taken or planned; None where the dose stays above 0."""
        last = self.periods[-1]
        if last.dose.daily_mg == 0:
            return last.begins_on
        return None if self.ended_on else self.plan.first_zero_on

    @cached_property
    def changes(self) -> tuple[DoseChange, ...]:
        """Each change of dose, beginning with that from the dose before the plan."""
        doses = [self.plan.start_daily_mg, *(each.dose.daily_mg for each in self.periods)]
        drug = self.plan.drug
        return tuple(
            DoseChange(
                step_number=period.dose.step_number or 0,
                on=period.begins_on,
                from_mg=to_prednisone_mg(drug=drug, mg=before),
                to_mg=to_prednisone_mg(drug=drug, mg=period.dose.daily_mg),
            )
            for before, period in zip(doses, self.periods, strict=False)
            if before != period.dose.daily_mg
        )

    def confirmed_after(self, day: date) -> date | None:
        """Return the first later day on which a step was taken, as somebody said."""
        days = (each.begins_on for each in self.periods if each.dose.confirmed)
        return min((each for each in days if each > day), default=None)

    def late_step_on(self, day: date) -> tuple[DoseStep, int] | None:
        settled = self.asks_from_step - 1
        reports = self.reports
        if settled:
            reports = (*reports, Report(settled, Outcome.TAKEN, day))
        return late_step(plan=self.plan, reports=reports, on=day)

    @property
    def left_open(self) -> DoseStep | None:
        """The first step whose report was taken back behind one that stands as taken."""
        return step_left_open(
            plan=self.plan,
            reports=self.reports,
            taken_back=self.taken_back,
            asks_from_step=self.asks_from_step,
        )


@dataclass(frozen=True)
class DatedReading:
    """A reading with its day and who took it; an empty rater is not known."""

    on: date
    reading: Reading
    rater: str = ""

    def same_rater_as(self, other: "DatedReading") -> bool:
        """Only where both are known; otherwise the higher limits for other raters hold."""
        return bool(self.rater) and self.rater.casefold() == other.rater.casefold()


@dataclass(frozen=True)
class SymptomReport:
    """What a patient had on a day; a red flag stands until a prescriber lifts it on `lifted_on`.

    It may have been told later; as history, too late for anybody to act at once.
    """

    on: date
    symptoms: frozenset[Symptom]
    lifted_on: date | None = None
    told_later: bool = False
    is_history: bool = False


@dataclass(frozen=True)
class Fall:
    on: date
    injured: bool | None = None


@dataclass(frozen=True)
class Infection:
    """From its first day to before the first day without it; still there where that is unknown."""

    begins_on: date
    ends_on: date | None = None
    pneumonia: bool = False

    def touches(self, *, from_on: date, to_on: date) -> bool:
        """Whether it was there on a day of [from_on, to_on], both ends included."""
        return self.begins_on <= to_on and (self.ends_on is None or from_on < self.ends_on)


@dataclass(frozen=True)
class DoseOfDay:
    """`confirmed` when somebody said it was taken; otherwise as planned, an estimate."""

    prednisone_mg: Decimal
    confirmed: bool


@dataclass(frozen=True)
class CourseFacts:
    """Everything the rules of the course may ask.

    `taper` is the one begun last, `earlier_tapers` are those before it, in the order of their days.
    `low_dose_reason` is the recorded reason to stay on a low dose beside a steroid-sparing drug.
    `sex` is one that the equation of kidney function knows; of others nothing is worked out.
    """

    born_on: date | None = None
    sex: EquationSex | None = None
    diagnosis: Diagnosis = Diagnosis()
    taper: TaperRecord | None = None
    earlier_tapers: tuple[TaperRecord, ...] = ()
    periods: tuple[SteroidPeriod, ...] = ()
    readings: tuple[DatedReading, ...] = ()
    symptoms: tuple[SymptomReport, ...] = ()
    falls: tuple[Fall, ...] = ()
    infections: tuple[Infection, ...] = ()
    sparing: tuple[SparingCourse, ...] = ()
    infusions: tuple[Infusion, ...] = ()
    medicines: frozenset[Medicine] | None = None
    tests: tuple[TestDone, ...] = ()
    pregnant_or_planning: bool | None = None
    regular_alcohol: bool | None = None
    interstitial_lung_disease: bool | None = None
    active_infection: bool | None = None
    live_vaccine_planned: bool | None = None
    low_dose_reason: str = ""
    protocol: Protocol = Protocol()

    def known_by(self, day: date) -> "CourseFacts":
        """Return the facts without what was measured, said or done after *day*."""
        return replace(
            self,
            taper=None if self.taper is None else _taper_by(self.taper, day),
            earlier_tapers=tuple(_taper_by(each, day) for each in self.earlier_tapers),
            readings=tuple(sorted((r for r in self.readings if r.on <= day), key=_on)),
            symptoms=tuple(
                sorted((_report_by(r, day) for r in self.symptoms if r.on <= day), key=_on)
            ),
            falls=tuple(sorted((f for f in self.falls if f.on <= day), key=_on)),
            infections=tuple(_infection_by(i, day) for i in self.infections if i.begins_on <= day),
            infusions=tuple(sorted((i for i in self.infusions if i.on <= day), key=_on)),
            sparing=tuple(
                course
                for course in self.sparing
                if course.recorded_on is None or course.recorded_on <= day
            ),
            tests=tuple(test for test in self.tests if test.on <= day),
            periods=tuple(_period_by(each, day) for each in self.periods if _begun(each, day)),
        )

    @property
    def knows_nothing(self) -> bool:
        """Nothing was recorded, done or said; who the patient is is no part of it."""
        return self == CourseFacts(protocol=self.protocol, born_on=self.born_on, sex=self.sex)

    def dose_on(self, day: date) -> DoseOfDay | None:
        """Return the prednisone mg of that day; None where nothing is known of it."""
        earlier = self._before_this_taper
        if earlier is not None and self.taper is not None and day < self.taper.begins_on:
            return earlier._dose_up_to_the_next_taper(day)
        said = self.said_on(day)
        if said is not None:
            return DoseOfDay(said.prednisone_mg, confirmed=True)
        if self.taper is not None and self.taper.begins_on <= day:
            return _dose_of_plan(self.taper, day)
        return self._dose_outside_the_plan(day)

    def said_on(self, day: date) -> SteroidPeriod | None:
        """Return the dose that was recorded for that day of the taper, the latest begun."""
        said = [each for each in self._said_beside_the_plan if each.covers(day)]
        return max(said, key=_first_day, default=None)

    def dose_before(self, day: date) -> DoseOfDay | None:
        """Return the dose of the day before, doses of an illness left out.

        Before a taper of which nothing earlier is recorded it is the dose the plan starts from.
        """
        before = day - timedelta(days=1)
        said = self.said_on(before)
        if said is not None and said.is_sick_day_dose and said.begins_on is not None:
            return self.dose_before(said.begins_on)
        dose = self.dose_on(before)
        if dose is None and self.taper is not None and day == self.taper.begins_on:
            return DoseOfDay(self.taper.start_prednisone_mg, confirmed=False)
        return dose

    @property
    def steroid_begins_on(self) -> date | None:
        """The first day on which a steroid is known to have been taken."""
        days = [each.first_known_on for each in self.periods if each.daily_mg]
        days += [each.begins_on for each in self.tapers[:1]]
        return min((day for day in days if day is not None), default=None)

    def may_have_taken_before(self, day: date) -> bool:
        """Whether a steroid was taken before *day*, or nobody knows when the one of it began.

        A taper begins from a dose: without that dose on record, what came before is not known.
        """
        doses = [each for each in self.periods if each.daily_mg]
        if any(each.begins_on is None or each.begins_on < day for each in doses):
            return True
        first = next(iter(self.tapers), None)
        return first is not None and first.begins_on <= day and self._is_first_dose(first, doses)

    def _is_first_dose(self, taper: TaperRecord, doses: list[SteroidPeriod]) -> bool:
        before = (each for each in doses if each.begins_on and each.begins_on < taper.begins_on)
        return next(before, None) is None

    @property
    def first_zero_on(self) -> date | None:
        """The first day without steroid, reached or planned; None while none is in sight.

        A stop that a dose followed is none: the day after that dose counts.
        """
        if self.taper is None:
            ends = [each.ends_on for each in self.periods if each.daily_mg]
            return None if None in ends else max(filter(None, ends), default=None)
        in_force = [each for each in self._said_beside_the_plan if each.ends_on is None]
        if in_force:
            return self._zero_of(max(in_force, key=_first_day))
        planned = self.taper.first_zero_on
        return None if planned is None else max([planned, *self._ends_of_doses_beside_the_plan])

    def _zero_of(self, last: SteroidPeriod) -> date | None:
        """The first day of the stretch without steroid that *last* goes on with; None at a dose."""
        if last.daily_mg:
            return None
        day = max([_first_day(last), *self._ends_of_doses_beside_the_plan])
        while self.dose_on(day - timedelta(days=1)) == DoseOfDay(ZERO, confirmed=True):
            day -= timedelta(days=1)
        return day

    @property
    def _ends_of_doses_beside_the_plan(self) -> list[date]:
        return [
            each.ends_on for each in self._said_beside_the_plan if each.daily_mg and each.ends_on
        ]

    @cached_property
    def _said_beside_the_plan(self) -> tuple[SteroidPeriod, ...]:
        """Doses recorded for days of the taper: what was really taken outranks the plan.

        A step confirmed for a later day ends them: of two statements the later one holds.
        """
        if self.taper is None:
            return ()
        taper = self.taper
        return tuple(
            replace(each, ends_on=earlier_of(each.ends_on, taper.confirmed_after(each.begins_on)))
            for each in self.periods
            if each.begins_on and each.begins_on >= taper.begins_on
        )

    @property
    def tapers(self) -> tuple[TaperRecord, ...]:
        return (*self.earlier_tapers, *((self.taper,) if self.taper is not None else ()))

    @cached_property
    def _before_this_taper(self) -> "CourseFacts | None":
        """What was taken before it began; None where no other taper came before."""
        if self.taper is None or not self.earlier_tapers:
            return None
        return replace(self, taper=self.earlier_tapers[-1], earlier_tapers=self.earlier_tapers[:-1])

    def _dose_up_to_the_next_taper(self, day: date) -> DoseOfDay | None:
        """From the end of a taper to the next, which began from a dose: only what was recorded."""
        taper = self.taper
        if taper is None or taper.is_running_on(day) or self.said_on(day) is not None:
            return self.dose_on(day)
        return None

    def _dose_outside_the_plan(self, day: date) -> DoseOfDay | None:
        """Doses that overlap are added up. After the end of all known ones it is 0."""
        covering = [each for each in self.periods if each.covers(day)]
        if covering:
            total = sum((each.prednisone_mg for each in covering), ZERO)
            return DoseOfDay(total, confirmed=True)
        if any(each.ends_on is not None and each.ends_on <= day for each in self.periods):
            return DoseOfDay(ZERO, confirmed=True)
        return None


def _dose_of_plan(taper: TaperRecord, day: date) -> DoseOfDay:
    dose = next(each for each in reversed(taper.periods) if each.begins_on <= day).dose
    mg = to_prednisone_mg(drug=taper.plan.drug, mg=dose.daily_mg)
    return DoseOfDay(mg, dose.confirmed)


def _taper_by(taper: TaperRecord, day: date) -> TaperRecord:
    """The taper as known on *day*; what ended or paused it later did not hold then."""
    return replace(
        taper,
        reports=tuple(report for report in taper.reports if report.on <= day),
        held_on=_unless_later(taper.held_on, day),
        frozen_on=_unless_later(taper.frozen_on, day),
        ended_on=_unless_later(taper.ended_on, day),
    )


def _report_by(report: SymptomReport, day: date) -> SymptomReport:
    return replace(report, lifted_on=_unless_later(report.lifted_on, day))


def _period_by(period: SteroidPeriod, day: date) -> SteroidPeriod:
    return replace(period, ends_on=_unless_later(period.ends_on, day))


def _infection_by(infection: Infection, day: date) -> Infection:
    return replace(infection, ends_on=_unless_later(infection.ends_on, day))


def _begun(period: SteroidPeriod, day: date) -> bool:
    first = period.first_known_on
    return first is None or first <= day


def earlier_of(one: date | None, other: date | None) -> date | None:
    """The earlier of two days; None is no day at all."""
    return min(filter(None, (one, other)), default=None)


def _unless_later(on: date | None, day: date) -> date | None:
    return on if on is not None and on <= day else None


def _first_day(period: SteroidPeriod) -> date:
    return period.begins_on or date.min


def _on(dated: DatedReading | SymptomReport | Fall | Infusion) -> date:
    return dated.on


def reported_in(
    reports: Iterable[SymptomReport], *, from_on: date, to_on: date
) -> frozenset[Symptom]:
    """Return all symptoms reported for days of [from_on, to_on], both ends included."""
    return frozenset(
        symptom
        for report in reports
        if from_on <= report.on <= to_on
        for symptom in report.symptoms
    )
