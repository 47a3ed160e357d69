"""Which days a clinic's team works."""

from datetime import date, timedelta

import holidays

SATURDAY = 5


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
