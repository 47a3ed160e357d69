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
    today = today_in(patient.time_zone, at=at)
    day = today if as_of is None else as_of
    if not EARLIEST <= day <= today:
        raise BadInput("as_of", f"Give a day from {EARLIEST} to {today}.")
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
