"""A stored visit back in the form: what its fields hold, and what no field can show."""

from collections.abc import Iterable
from dataclasses import replace

from patients.forms.visit_slots import SLOTS, Slot
from patients.instruments.reading import Reading
from patients.models import Measurement
from patients.presenters import words

SLOT_OF = {slot.key: slot for slot in SLOTS}


def initial_of(measurements: Iterable[Measurement]) -> dict[str, str]:
    """Return what the fields hold to show these stored readings, as they were written."""
    initial: dict[str, str] = {}
    for slot, row in _shown(list(measurements)):
        initial |= {name: text for name, text in _fields(slot, row).items() if text}
    return initial


def carried_readings(measurements: Iterable[Measurement]) -> tuple[Reading, ...]:
    """Return the readings that no field can show: MMT8 with its side, grades of a second scale.

    They stay as they were stored, so nobody is asked about them again.
    """
    rows = list(measurements)
    shown = {row.pk for _, row in _shown(rows)}
    kept = (row.to_domain() for row in rows if row.pk not in shown)
    return tuple(replace(reading, confirmed=True) for reading in kept)


def _shown(rows: list[Measurement]) -> list[tuple[Slot, Measurement]]:
    """Each row with its slot; of the muscles those of the first scale, for there is one choice."""
    scale = next((row.scale for row in rows if row.muscle), "")
    found = []
    for row in rows:
        slot = SLOT_OF.get((row.code, row.side, row.muscle))
        fits = row.scale == scale if row.muscle else not row.scale
        if slot is not None and fits:
            found.append((slot, row))
    return found


def _fields(slot: Slot, row: Measurement) -> dict[str, str]:
    converted = row.given_value is not None
    value = row.given_value if converted else row.value
    limit = row.given_upper_limit if converted else row.upper_limit
    oestrogen = {True: "yes", False: "no", None: ""}[row.takes_oral_oestrogen]
    return {
        slot.name: row.grade or ("" if value is None else words.number(value)),
        slot.beside("unable"): "on" if row.state else "",
        slot.beside("limit"): "" if limit is None else words.number(limit),
        slot.beside("lower"): "" if row.lower_limit is None else words.number(row.lower_limit),
        slot.beside("unit"): slot.units[1][0] if converted else "",
        slot.beside("hours"): "" if row.hours_since_dose is None else str(row.hours_since_dose),
        slot.beside("oestrogen"): oestrogen,
        "mmt_scale": row.scale if row.muscle else "",
    }
