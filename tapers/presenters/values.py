"""What a finding rests on, for a reader: each value with its name, its unit, its day in words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from patients.instruments.catalogue import MEASURES
from patients.instruments.measure import MeasureDomain
from patients.presenters import words
from tapers.domain.dose import Drug
from tapers.domain.record import Medicine
from tapers.domain.sparing import Agent
from tapers.domain.symptoms import Symptom

DOMAINS = {
    MeasureDomain.MMT.value: "Strength (MMT)",
    MeasureDomain.FUNCTION.value: "Function",
    MeasureDomain.CK.value: "CK",
}
CODES = {
    **DOMAINS,
    **{each.value: each.label for each in (*Drug, *Agent, *Medicine, *Symptom)},
}
NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Value:
    """A value's name and the way it is written."""

    name: str
    written: Callable[[str], str]


def with_unit(unit: str) -> Callable[[str], str]:
    """Write a number with its unit; what is in words already, as "not recorded", stays."""
    return lambda text: f"{_plain(text)} {unit}" if NUMBER.fullmatch(text) else text


def milligrams(text: str) -> str:
    """Write one number or several, as "7.5 and 2.5", with mg."""
    return f"{text} mg" if text[:1].isdigit() else text


def days(text: str) -> str:
    return words.counted(int(text), "day") if text.isdigit() else text


def yes_or_no(text: str) -> str:
    return {"True": "yes", "False": "no"}.get(text, text)


def code(text: str) -> str:
    """Write a stored code, or several, as their labels: "Fainting or collapse, nausea"."""
    first, *others = (CODES.get(each, each) for each in text.split(", "))
    return ", ".join([first, *(each[:1].lower() + each[1:] for each in others)])


def measure(text: str) -> str:
    return MEASURES[text].name if text in MEASURES else text


def as_it_is(text: str) -> str:
    return text


MG_A_DAY = with_unit("mg a day")
MG_A_WEEK = with_unit("mg a week")
PREDNISONE = with_unit("mg of prednisone a day")
OF_THE_SCALE = with_unit("% of the scale")
CK_UNIT = with_unit("U/L")
POINTS = with_unit("points")
VALUES: dict[str, Value] = {
    "CK": Value("CK last done", as_it_is),
    "alternate_daily_mg": Value("Dose on the other days", MG_A_DAY),
    "average_percent": Value("Average loss in IBM in this time", with_unit("%")),
    "baseline_on": Value("Compared with the visit of", as_it_is),
    "basis": Value("By the weight", as_it_is),
    "before": Value("CK before", CK_UNIT),
    "change_percent": Value("Change of CK", with_unit("%")),
    "ck": Value("CK", CK_UNIT),
    "confirmed_on": Value("IBM confirmed on", as_it_is),
    "daily_mg": Value("Dose", MG_A_DAY),
    "dark_urine": Value("Dark urine", yes_or_no),
    "days": Value("How long", days),
    "days_at_10_mg": Value("Time at 10 mg or more", days),
    "days_late": Value("Late by", days),
    "decrement_mg": Value("Lowered by", with_unit("mg")),
    "domain": Value("To be measured", code),
    "done_on": Value("Done on", as_it_is),
    "dose": Value("Dose", as_it_is),
    "doses_mg": Value("Doses that cannot be made", milligrams),
    "drop_percent": Value("Fall", OF_THE_SCALE),
    "drop_points": Value("Fall in points", POINTS),
    "drug": Value("Drug", code),
    "drugs": Value("Drugs", as_it_is),
    "due_on": Value("Due since", as_it_is),
    "egfr": Value("eGFR", with_unit("mL/min/1.73 m²")),
    "escalate": Value("Late by a week or more", yes_or_no),
    "exposure_days": Value("On steroids for", days),
    "falls": Value("Falls", as_it_is),
    "fell": Value("Weaker", as_it_is),
    "folic_acid_mg_per_week": Value("Folic acid", with_unit("mg a week")),
    "frequency": Value("Taken", as_it_is),
    "from": Value("Before", POINTS),
    "from_mg": Value("Dose before", PREDNISONE),
    "from_on": Value("From", as_it_is),
    "function": Value("Function last done", as_it_is),
    "happened_on": Value("Happened on", as_it_is),
    "highest_mg": Value("Highest dose", MG_A_DAY),
    "how": Value("How it is known", as_it_is),
    "increases_on": Value("Raised on", as_it_is),
    "injury": Value("With injury", yes_or_no),
    "last_on": Value("Last done", as_it_is),
    "limit_percent": Value("Limit of test error", OF_THE_SCALE),
    "longest_days": Value("The protocol's longest", days),
    "low": Value("Below the limit", as_it_is),
    "measure": Value("Measured by", measure),
    "measured": Value("Measured", as_it_is),
    "measured_on": Value("Measured on", as_it_is),
    "medicine": Value("Medicine", code),
    "medicines": Value("Medicines", as_it_is),
    "missing": Value("Missing", as_it_is),
    "planned_mg": Value("Planned dose", PREDNISONE),
    "pneumonia": Value("Pneumonia", yes_or_no),
    "pregnant_or_planning": Value("Pregnant, or planning to be", yes_or_no),
    "protocol_mg": Value("The protocol's highest dose", MG_A_WEEK),
    "reached_on": Value("Reached on", as_it_is),
    "reported_on": Value("Reported on", as_it_is),
    "results": Value("Results", as_it_is),
    "same_rater": Value("Same rater", yes_or_no),
    "shortest_days": Value("At the shortest", days),
    "signs": Value("Signs", as_it_is),
    "since": Value("Since", as_it_is),
    "step_number": Value("Step", as_it_is),
    "steps": Value("Steps", as_it_is),
    "strength (MMT)": Value("Strength (MMT) last done", as_it_is),
    "strengths_mg": Value("Tablets in stock", milligrams),
    "symptoms": Value("Symptoms", code),
    "times_upper_limit": Value("Times the upper limit", as_it_is),
    "to": Value("Now", POINTS),
    "to_mg": Value("Dose now", PREDNISONE),
    "two_visits": Value("At two visits in a row", yes_or_no),
    "unit_confirmed": Value("Confirmed to be mg a day", yes_or_no),
    "upper_limit": Value("The laboratory's upper limit", CK_UNIT),
    "weight_kg": Value("Weight", with_unit("kg")),
    "why": Value("Why not", as_it_is),
}
OF_CODE = {  # where a name means something else than in the other rules
    ("DOSE_GT10", "daily_mg"): Value("Dose", PREDNISONE),
    ("NO_PLAN", "daily_mg"): Value("Dose", PREDNISONE),
    ("ALT_DAY", "daily_mg"): Value("Dose on one day", with_unit("mg")),
    ("ALT_DAY", "alternate_daily_mg"): Value("Dose on the next day", with_unit("mg")),
    ("MTX_ABOVE_TARGET", "highest_mg"): Value("Highest dose", MG_A_WEEK),
    ("PLAN_SHORT", "shortest_days"): Value("The protocol's shortest", days),
}


def value_rows(rule: str, values: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return name and text of each value of that rule, in the order they were stored.

    A name that only an older rulebook knew is written as it is, without underscores.
    """
    return tuple(_row(rule, name, _text(stored)) for name, stored in values.items())


def _row(rule: str, name: str, text: str) -> tuple[str, str]:
    known = OF_CODE.get((rule, name)) or VALUES.get(name)
    if known is None:
        return name.replace("_", " "), _with_days(text)
    return known.name, _with_days(known.written(text))


def _with_days(text: str) -> str:
    """Write days of the calendar in words; what only looks like one stays as it is."""
    try:
        return words.with_days(text)
    except ValueError:
        return text


def _plain(text: str) -> str:
    return words.number(Decimal(text))


def _text(stored: object) -> str:
    if isinstance(stored, date):
        return stored.isoformat()
    return ", ".join(map(str, stored)) if isinstance(stored, list) else str(stored)
