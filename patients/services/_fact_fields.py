"""What each field of a fact may hold, by its kind; their columns are named in patients.facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from patients.errors import BadInput
from patients.facts import (
    COLUMNS_OF,
    RESULTS_OF,
    YES_NO,
    Answer,
    CircumstanceCode,
    FactKind,
    FollowUpItem,
    InfectionSite,
    MedicineCode,
    Result,
    SingleTest,
)
from patients.models.fact import MAX_TEXT
from patients.services import _values as values

MISSING = "This is required."


@dataclass(frozen=True)
class Field:
    """*absent* is what counts when it is not given; MISSING where it must be."""

    check: values.Check
    absent: object = MISSING


Fields = Mapping[str, Field]


def columns_of(kind: FactKind, given: Mapping[str, object], *, day: values.Check) -> dict[str, Any]:
    """Return the columns of a new version; raise BadInput naming every field at fault."""
    fields = FIELDS[kind](day)
    if unknown := sorted(set(given) - set(fields)):
        raise BadInput.of({name: ["There is no such field."] for name in unknown})
    filled = {name: given.get(name, field.absent) for name, field in fields.items()}
    missing = [name for name in fields if filled[name] is MISSING]
    if missing:
        raise BadInput.of({name: [MISSING] for name in missing})
    clean = values.checked(filled, {name: field.check for name, field in fields.items()})
    CONTRADICTIONS.get(kind, _none)(clean)
    _check_order(clean)
    return {COLUMNS_OF[kind][name]: value for name, value in clean.items()}


def check_fields(kind: FactKind, given: Mapping[str, object], *, day: values.Check) -> None:
    """Raise BadInput naming every field at fault of those given; what is missing is no fault."""
    fields = FIELDS[kind](day)
    known = {name: value for name, value in given.items() if name in fields}
    clean = values.checked(known, {name: fields[name].check for name in known})
    if "from_on" in clean:
        _check_order(clean)


def _yes_no(value: object) -> str:
    return YES_NO[None if value is None else values.truth(value)]


def _result(value: object) -> str:
    return "" if value in (None, "") else str(values.one_of(Result)(value))


def _medicine(day: values.Check) -> Fields:
    return {
        "medicine": Field(values.one_of(MedicineCode)),
        "name": Field(values.text(most=80, blank=True), ""),
        **_span(day),
        **_note(),
    }


def _test(day: values.Check) -> Fields:
    return {
        "test": Field(values.one_of(SingleTest)),
        "on": Field(day),
        "result": Field(_result, None),
        **_note(),
    }


def _fall(day: values.Check) -> Fields:
    return {"on": Field(day), "injured": Field(_yes_no, None), **_note()}


def _infection(day: values.Check) -> Fields:
    return {"infection": Field(values.one_of(InfectionSite)), **_span(day), **_note()}


def _circumstance(day: values.Check) -> Fields:
    return {
        "circumstance": Field(values.one_of(CircumstanceCode)),
        "answer": Field(values.one_of(Answer)),
        "on": Field(day),
        **_note(),
    }


def _low_dose_reason(day: values.Check) -> Fields:
    return {"text": Field(values.note(most=500, blank=False)), **_span(day)}


def _sick_day_plan(day: values.Check) -> Fields:
    return {
        "text": Field(values.note(most=MAX_TEXT, blank=False)),
        "written_by": Field(values.name(most=80)),
        "on": Field(day),
        "card_given": Field(_yes_no, None),
    }


def _follow_up(day: values.Check) -> Fields:
    return {"item": Field(values.one_of(FollowUpItem)), "on": Field(day), **_note()}


def _span(day: values.Check) -> Fields:
    return {
        "from_on": Field(day),
        "until_on": Field(values.unless_none(day), None),
    }


def _note() -> Fields:
    return {"note": Field(values.note(most=500), "")}


FIELDS: Mapping[str, Callable[[values.Check], Fields]] = {
    FactKind.MEDICINE: _medicine,
    FactKind.TEST: _test,
    FactKind.FALL: _fall,
    FactKind.INFECTION: _infection,
    FactKind.CIRCUMSTANCE: _circumstance,
    FactKind.LOW_DOSE_REASON: _low_dose_reason,
    FactKind.SICK_DAY_PLAN: _sick_day_plan,
    FactKind.FOLLOW_UP: _follow_up,
}


def _none(clean: Mapping[str, Any]) -> None:
    """Nothing to compare."""


def _check_name(clean: Mapping[str, Any]) -> None:
    if clean["medicine"] == MedicineCode.OTHER and not clean["name"]:
        raise BadInput("name", "Give the name of the medicine.")


def _check_result(clean: Mapping[str, Any]) -> None:
    fitting = RESULTS_OF[clean["test"]]
    if clean["result"] and clean["result"] not in fitting:
        words = ", ".join(fitting)
        raise BadInput("result", f"The result of this test is one of {words}, or not known.")


def _check_answer(clean: Mapping[str, Any]) -> None:
    is_infection = clean["circumstance"] == CircumstanceCode.INFECTION_NOW
    if is_infection and clean["answer"] == Answer.YES:
        raise BadInput("answer", "Record the infection itself, with its first day.")


def _check_order(clean: Mapping[str, Any]) -> None:
    until_on = clean.get("until_on")
    if until_on is not None and until_on <= clean["from_on"]:
        raise BadInput("until_on", f"Give a day after {clean['from_on']}, the first day.")


CONTRADICTIONS: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
    FactKind.MEDICINE: _check_name,
    FactKind.TEST: _check_result,
    FactKind.CIRCUMSTANCE: _check_answer,
}
