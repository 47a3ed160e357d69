"""What else happened, beside the measurements: symptoms, falls, other drugs, pauses."""

from collections.abc import Iterator

from patients.presenters import words
from tapers.domain.dose import mg_text
from tapers.domain.record import CourseFacts
from tapers.domain.side_by_side import SideBySide
from tapers.domain.sparing import Frequency, SparingCourse
from tapers.domain.symptoms import Group
from tracker.dashboard.chart.aligned import Event, PanelFacts, TimeAxis, drawings_of
from tracker.dashboard.presenters.course.figures import Figure, Row

RED, SYMPTOMS, FALLS, IVIG, PAUSE = "Red-flag symptoms", "Symptoms", "Falls", "IVIG", "On hold"
FREQUENCY = {each: each.value.replace("_", " ").lower() for each in Frequency}
INJURED = {True: " with an injury", False: " without injury", None: ", injury not known"}


def event_figure(course: SideBySide, time: TimeAxis) -> Figure | None:
    """None while nothing is recorded."""
    events = tuple(sorted(_events(course), key=lambda each: (each.day, each.lane)))
    if not events:
        return None
    panel = PanelFacts(key="events", title="What else was recorded", events=events)
    return Figure(
        key=panel.key,
        title=panel.title,
        drawings=drawings_of(panel, time=time),
        legend=(),
        notes=(),
        heads=("Kind", "What"),
        rows=tuple(Row(words.day(each.day), (each.lane, each.says)) for each in reversed(events)),
    )


def _events(course: SideBySide) -> Iterator[Event]:
    facts = course.facts
    yield from _symptoms(facts)
    for fall in facts.falls:
        yield Event(fall.on, FALLS, f"Fall{INJURED[fall.injured]}")
    for sparing in facts.sparing:
        yield from _sparing(sparing, course)
    for infusion in facts.infusions:
        reaction = f", reaction: {infusion.reaction}" if infusion.reaction else ""
        yield Event(
            infusion.on, IVIG, f"{infusion.product} {mg_text(infusion.g_per_kg)} g/kg{reaction}"
        )
    if facts.taper is not None and facts.taper.held_on is not None:
        yield Event(facts.taper.held_on, PAUSE, "Taper put on hold", until=course.as_of)


def _symptoms(facts: CourseFacts) -> Iterator[Event]:
    for report in facts.symptoms:
        for lane, group in ((RED, Group.RED_FLAG), (SYMPTOMS, None)):
            said = [
                each.label
                for each in sorted(report.symptoms)
                if (each.group is Group.RED_FLAG) == (group is Group.RED_FLAG)
            ]
            if said:
                yield Event(report.on, lane, ", ".join(said))


def _sparing(sparing: SparingCourse, course: SideBySide) -> Iterator[Event]:
    """The doses begun by that day; the first carries the bar of the whole course."""
    name = sparing.agent.label.capitalize()
    until = min(sparing.ended_on or course.as_of, course.as_of)
    for dose in sparing.doses:
        if dose.on <= until:
            every = FREQUENCY[sparing.frequency] if sparing.frequency else "frequency not recorded"
            says = f"{name} {mg_text(dose.mg)} mg, {every}"
            yield Event(dose.on, name, says, until if dose is sparing.doses[0] else None)
    if sparing.ended_on is not None and sparing.ended_on <= course.as_of:
        yield Event(sparing.ended_on, name, f"{name} ended")
