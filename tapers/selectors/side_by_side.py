from datetime import date, datetime

from patients.clock import today_in
from patients.errors import BadInput
from patients.facts import FactKind
from patients.models import Patient
from patients.selectors.facts import facts_of
from tapers.domain.side_by_side import SideBySide
from tapers.selectors.record import course_facts
from tapers.selectors.toxicity import follow_ups_done

EARLIEST = date(1900, 1, 1)


def side_by_side(*, patient: Patient, at: datetime, as_of: date | None = None) -> SideBySide:
    """Return the course as known on *as_of*, by default today by the patient's clock.

    Raise BadInput for a day that has not come, or that is too long ago to be meant.
    """
    day = as_of_day(patient, as_of, at=at) or today_in(patient.time_zone, at=at)
    facts = course_facts(patient=patient, as_of=day)
    rows = facts_of(patient=patient, kind=FactKind.FOLLOW_UP)
    done = follow_ups_done(
        recorded=[(row.code, row.from_on) for row in rows if row.from_on <= day],
        measured=[
            (each.reading.code, each.on)
            for each in facts.readings
            if each.reading.value is not None
        ],
    )
    return SideBySide(as_of=day, facts=facts, done=done)


def as_of_day(patient: Patient, as_of: date | None, *, at: datetime) -> date | None:
    """Return the day asked about, where one was given; raise BadInput as `side_by_side` does."""
    today = today_in(patient.time_zone, at=at)
    if as_of is not None and not EARLIEST <= as_of <= today:
        raise BadInput("as_of", f"Give a day from {EARLIEST} to {today}.")
    return as_of
