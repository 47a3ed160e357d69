"""What somebody proposes before anything is stored: a drug, a dose, a day, perhaps a regimen."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from tapers.domain.dose import (
    Drug,
    TabletStrength,
    check_daily_mg,
    check_entered_mg,
    mean_of_alternate_days,
)
from tapers.domain.errors import OutOfRange
from tapers.domain.schedule import HOLD_DAYS, START_WITHIN_YEARS, Regimen

MAX_EXPOSURE_DAYS = 36_500
MAX_STRENGTHS = 20


@dataclass(frozen=True)
class Proposal:
    """`daily_mg` is in the drug's own mg; with `alternate_daily_mg`, that of every first day.

    None for the regimen asks for the pre-selected one, for the strengths for the clinic's stock,
    for the exposure for what is on record.
    """

    drug: Drug
    daily_mg: Decimal
    starts_on: date
    regimen: Regimen | None = None
    hold_days: int = 0
    tablet_strengths: tuple[TabletStrength, ...] | None = None
    exposure_days: int | None = None
    alternate_daily_mg: Decimal | None = None

    @property
    def start_daily_mg(self) -> Decimal:
        """The dose the plan starts from: the mean, where doses alternate."""
        if self.alternate_daily_mg is None:
            return self.daily_mg
        return mean_of_alternate_days(
            daily_mg=self.daily_mg, alternate_daily_mg=self.alternate_daily_mg
        )

    @property
    def held_regimen(self) -> Regimen | None:
        """The regimen with the hold of the proposal, whichever of the two names it."""
        if self.regimen is None:
            return None
        return replace(self.regimen, hold_days=self.hold_days or self.regimen.hold_days)

    def check(self, *, today: date) -> None:
        """Raise DomainError for what is no proposal at all: an opinion is left to the rules."""
        if self.alternate_daily_mg is None:
            check_daily_mg(drug=self.drug, daily_mg=self.daily_mg)
            check_entered_mg(drug=self.drug, mg=self.daily_mg, field="daily_mg")
        else:
            _check_alternate(self.drug, self.daily_mg, self.alternate_daily_mg)
        check_start(self.starts_on, today=today)
        _check_whole("hold_days", self.hold_days, *HOLD_DAYS, "days")
        if self.exposure_days is not None:
            _check_whole("exposure_days", self.exposure_days, 0, MAX_EXPOSURE_DAYS, "days")
        if len(self.tablet_strengths or ()) > MAX_STRENGTHS:
            raise OutOfRange("tablet_strengths_mg", 0, MAX_STRENGTHS, "strengths")


def check_start(day: date, *, today: date, field: str = "starts_on") -> None:
    """Refuse a day more than five years away from *today*, either way."""
    reach = timedelta(days=START_WITHIN_YEARS * 365 + 1)
    if abs(day - today) > reach:
        raise OutOfRange(field, today - reach, today + reach)


def _check_alternate(drug: Drug, daily_mg: Decimal, alternate_daily_mg: Decimal) -> None:
    """Hold the mean against the limits: one of the two may be 0, or above what is taken daily."""
    check_entered_mg(drug=drug, mg=daily_mg, field="daily_mg")
    check_entered_mg(drug=drug, mg=alternate_daily_mg, field="alternate_daily_mg")
    mean = mean_of_alternate_days(daily_mg=daily_mg, alternate_daily_mg=alternate_daily_mg)
    larger = "alternate_daily_mg" if alternate_daily_mg > daily_mg else "daily_mg"
    check_daily_mg(drug=drug, daily_mg=mean, field=larger)


def _check_whole(field: str, number: int, low: int, high: int, unit: str) -> None:
    if not low <= number <= high:
        raise OutOfRange(field, low, high, unit)
