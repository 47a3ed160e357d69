"""Which days a clinic's team works."""

from datetime import date, timedelta

import holidays

SATURDAY = 5
IN_ENGLISH = "en_US"  # where the library knows no English names it gives those of the country


def is_working_day(day: date, *, country: str) -> bool:
    """Ask the country's calendar; where none is known, Monday to Friday."""
    try:
        return holidays.country_holidays(country).is_working_day(day)
    except NotImplementedError:
        return day.weekday() < SATURDAY


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
