"""Which days a clinic's team works."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

SATURDAY = 5
CALENDARS_KEPT = 256  # a country's year each; making one takes longer than all else of a request
IN_ENGLISH = "en_US"  # where the library knows no English names it gives those of the country


def is_working_day(day: date, *, country: str) -> bool:
    """Ask the country's calendar; where none is known, Monday to Friday."""
    try:
        return _calendar_of(country, day.year).is_working_day(day)
    except NotImplementedError:
        return day.weekday() < SATURDAY


@lru_cache(maxsize=CALENDARS_KEPT)
def _calendar_of(country: str, year: int) -> holidays.HolidayBase:
    """Return one whole year: a calendar that grew while threads read it would miss holidays."""
    return holidays.country_holidays(country, years=year, expand=False)


def working_day_from(day: date, *, country: str) -> date:
    """Return *day*, or the first working day after it."""
    while not is_working_day(day, country=country):
        day += timedelta(days=1)
    return day


def holidays_from(day: date, *, country: str, number: int) -> tuple[tuple[date, str], ...]:
    """Return the next public holidays from *day* on; none where no calendar is known."""
    years = [day.year, day.year + 1]
    try:
        known = holidays.country_holidays(country, years=years, language=IN_ENGLISH)
    except NotImplementedError:
        return ()
    ahead = sorted((on, name) for on, name in known.items() if on >= day)
    return tuple(ahead[:number])
