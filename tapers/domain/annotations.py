"""What else happened in the course, beside doses and measurements: for the margin of a chart."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tapers.domain.dose import mg_text
from tapers.domain.record import CourseFacts, Infection
from tapers.domain.sparing import Frequency, SparingCourse
from tapers.domain.symptoms import Group

INJURED = {
    True: "Fall with an injury",
    False: "Fall without injury",
    None: "Fall, injury not known",
}
HOW_OFTEN = {each: each.value.replace("_", " ").lower() for each in Frequency}


class Kind(StrEnum):
    RED_FLAG = "RED_FLAG"
    SYMPTOMS = "SYMPTOMS"
    FALL = "FALL"
    INFECTION = "INFECTION"
    SPARING_DRUG = "SPARING_DRUG"
    INFUSION = "INFUSION"
    HOLD = "HOLD"


LABELS = {
    Kind.RED_FLAG: "Red-flag symptoms",
    Kind.SYMPTOMS: "Symptoms",
    Kind.FALL: "Falls",
    Kind.INFECTION: "Infection",
    Kind.INFUSION: "IVIG",
    Kind.HOLD: "On hold",
}


@dataclass(frozen=True)
class Annotation:
    """Of one day, or from a day to before `until_on`; `lane` names what belongs together."""

    kind: Kind
    on: date
    says: str
    lane: str
    until_on: date | None = None


def annotations_of(facts: CourseFacts, *, as_of: date) -> tuple[Annotation, ...]:
    """Return what is recorded up to that day, in the order of the days."""
    found = [
        *_symptoms(facts),
        *(_of(Kind.FALL, each.on, INJURED[each.injured]) for each in facts.falls),
        *(_infection(each, as_of) for each in facts.infections),
        *(each for course in facts.sparing for each in _sparing(course, as_of)),
        *_infusions(facts),
        *_hold(facts, as_of),
    ]
    return tuple(sorted(found, key=lambda each: (each.on, each.lane, each.says)))


def _of(kind: Kind, on: date, says: str, until_on: date | None = None) -> Annotation:
    return Annotation(kind, on, says, LABELS[kind], until_on)


def _symptoms(facts: CourseFacts) -> Iterator[Annotation]:
    """Red flags apart from all else, as they are in the rules."""
    for report in facts.symptoms:
        for kind, is_red in ((Kind.RED_FLAG, True), (Kind.SYMPTOMS, False)):
            said = sorted(
                each.label for each in report.symptoms if (each.group is Group.RED_FLAG) is is_red
            )
            if said:
                yield _of(kind, report.on, ", ".join(said))


def _infection(infection: Infection, as_of: date) -> Annotation:
    says = "Pneumonia" if infection.pneumonia else "Infection"
    ends_on = infection.ends_on
    until = ends_on if ends_on is not None and ends_on <= as_of else as_of
    said = says if ends_on == until else f"{says}, end not recorded"
    return _of(Kind.INFECTION, infection.begins_on, said, until)


def _sparing(course: SparingCourse, as_of: date) -> Iterator[Annotation]:
    """The doses begun by that day; the first spans the whole course."""
    name = course.agent.label
    ended_on = course.ended_on if course.ended_on and course.ended_on <= as_of else None
    until = ended_on or as_of
    for dose in course.doses:
        if dose.on <= until:
            often = HOW_OFTEN[course.frequency] if course.frequency else "how often not recorded"
            says = f"{name} {mg_text(dose.mg)} mg, {often}"
            spans = until if dose is course.doses[0] else None
            yield Annotation(Kind.SPARING_DRUG, dose.on, says, name, spans)
    if ended_on is not None:
        yield Annotation(Kind.SPARING_DRUG, ended_on, f"{name} ended", name)


def _infusions(facts: CourseFacts) -> Iterator[Annotation]:
    for each in facts.infusions:
        reaction = f", reaction: {each.reaction}" if each.reaction else ""
        yield _of(Kind.INFUSION, each.on, f"{each.product} {mg_text(each.g_per_kg)} g/kg{reaction}")


def _hold(facts: CourseFacts, as_of: date) -> Iterator[Annotation]:
    held_on = facts.taper.held_on if facts.taper else None
    if held_on is not None:
        yield _of(Kind.HOLD, held_on, "Taper put on hold", as_of)
