from datetime import date, timedelta
from decimal import Decimal

from tapers.domain.annotations import Kind, annotations_of
from tapers.domain.record import CourseFacts, Fall, Infection, SymptomReport
from tapers.domain.sparing import Agent, Frequency, Infusion, SparingCourse, SparingDose
from tapers.domain.symptoms import Symptom

DAY = date(2026, 3, 2)


def after(days: int) -> date:
    return DAY + timedelta(days=days)


def said(facts: CourseFacts, on: date) -> list[tuple[Kind, date, date | None, str]]:
    return [(a.kind, a.on, a.until_on, a.says) for a in annotations_of(facts, as_of=on)]


def test_a_red_flag_stands_apart_from_other_symptoms() -> None:
    report = SymptomReport(DAY, frozenset({Symptom.FAINTING, Symptom.ACHES, Symptom.NAUSEA}))

    found = annotations_of(CourseFacts(symptoms=(report,)), as_of=DAY)

    assert [each.kind for each in found] == [Kind.RED_FLAG, Kind.SYMPTOMS]
    assert [each.lane for each in found] == ["Red-flag symptoms", "Symptoms"]


def test_of_a_fall_the_unknown_injury_stays_unknown() -> None:
    facts = CourseFacts(falls=(Fall(DAY, True), Fall(after(1), None)))

    assert said(facts, after(2)) == [
        (Kind.FALL, DAY, None, "Fall with an injury"),
        (Kind.FALL, after(1), None, "Fall, injury not known"),
    ]


def test_an_infection_without_an_end_reaches_to_the_day_asked_for() -> None:
    facts = CourseFacts(infections=(Infection(DAY, None, pneumonia=True),))

    assert said(facts, after(5)) == [(Kind.INFECTION, DAY, after(5), "Pneumonia, end not recorded")]


def test_a_sparing_drug_spans_its_course_and_tells_each_dose_begun() -> None:
    course = SparingCourse(
        Agent.METHOTREXATE,
        (SparingDose(DAY, Decimal(15)), SparingDose(after(28), Decimal("17.5"))),
        Frequency.ONCE_A_WEEK,
        ended_on=after(40),
    )
    facts = CourseFacts(sparing=(course,))

    assert said(facts, after(20)) == [
        (Kind.SPARING_DRUG, DAY, after(20), "Methotrexate 15 mg, once a week")
    ]
    assert said(facts, after(60)) == [
        (Kind.SPARING_DRUG, DAY, after(40), "Methotrexate 15 mg, once a week"),
        (Kind.SPARING_DRUG, after(28), None, "Methotrexate 17.5 mg, once a week"),
        (Kind.SPARING_DRUG, after(40), None, "Methotrexate ended"),
    ]


def test_an_infusion_tells_its_reaction() -> None:
    facts = CourseFacts(infusions=(Infusion(DAY, "Product A", Decimal(2), "headache"),))

    assert said(facts, DAY) == [(Kind.INFUSION, DAY, None, "Product A 2 g/kg, reaction: headache")]
