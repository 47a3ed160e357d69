from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from notifications.services.contact import withdraw_mail_consent
from tapers.services import plans
from tests.factories import (
    AssessmentFactory,
    DiagnosisFactory,
    MeasurementFactory,
    PatientFactory,
    SteroidExposureFactory,
)
from tests.factories_tapers import STARTS_ON


@pytest.fixture
def page(patient) -> str:
    return f"/patients/{patient.pk}"


def take(nurse, taper, number: int, on: date, at) -> None:
    plans.report_step(
        actor=nurse,
        taper=taper,
        step_number=number,
        outcome="TAKEN",
        taken_on=on,
        reported_by="STAFF",
        at=at,
    )


def test_the_header_says_what_the_patient_takes_today(nurse_client, nurse, page, taper, at):
    before = nurse_client.get(page).context["today"]
    take(nurse, taper, 1, STARTS_ON, at)
    after = nurse_client.get(page).context["today"]

    assert (before.dose, before.drug, before.sure) == ("30 mg a day", "Prednisone", False)
    assert before.tablets.words == "1 × 20 mg and 2 × 5 mg"
    assert len(before.tablets.pills) == 3
    assert (after.known, after.sure) == ("Step 1, said to be taken.", True)


def test_the_header_says_what_happens_next_and_when(nurse_client, page, taper):
    lines = nurse_client.get(page).context["next_lines"]

    assert [(line.what, line.when) for line in lines] == [
        ("Step 2: 20 mg a day", "Mon 11 May 2026, in 7 days"),
        ("Visit", "Mon 4 May 2026, today"),
        ("First day without steroid", "Mon 15 Jun 2026, in 6 weeks"),
    ]


def test_the_header_says_what_is_wrong(client_of, nurse, page, taper, at):
    with time_machine.travel(at + timedelta(days=2), tick=False):
        troubles = client_of(nurse).get(page).context["troubles"]

    assert [trouble.text for trouble in troubles] == ["Step 1 late by 2 days", "Visit due"]


def test_the_header_says_whether_and_why_not_we_may_write(nurse_client, nurse, page, patient, at):
    yes = nurse_client.get(page).context["contact"]
    withdraw_mail_consent(actor=nurse, patient=patient, channel="EMAIL", on=at.date(), at=at)
    no = nurse_client.get(page).context["contact"]

    assert (yes.allowed, yes.says) == (True, "By e-mail, no dose")
    assert (no.allowed, no.says) == (False, "The patient has not consented to e-mail.")
    assert no.about == "Phone +1 312 555 0142."


def test_before_any_plan_the_recorded_dose_is_shown_as_such(nurse_client, page, patient):
    SteroidExposureFactory(patient=patient, daily_mg=Decimal(40))

    today = nurse_client.get(page).context["today"]

    assert (today.dose, today.known) == ("40 mg a day", "As recorded; there is no plan yet.")


def test_a_patient_about_whom_nothing_is_known_has_a_page_that_says_so(nurse_client, page):
    response = nurse_client.get(page)

    said = response.content.decode()
    assert response.context["today"].dose == "Not known"
    for sentence in ("Nothing to draw yet.", "There is no plan.", "No visit is recorded."):
        assert sentence in said


def test_on_hold_the_dose_and_the_day_it_is_held_since_are_shown(
    nurse_client, nurse, page, taper, at
):
    take(nurse, taper, 1, STARTS_ON, at)
    plans.hold_taper(actor=nurse, taper=taper, on=STARTS_ON, reason="Fever", at=at)

    response = nurse_client.get(page)

    assert response.context["today"].known == "On hold since Mon 4 May 2026."
    assert [hold.label for hold in response.context["charts"][0].holds] == [
        "On hold from Mon 4 May 2026, still on hold"
    ]


def test_the_chart_has_a_table_with_the_same_values(nurse_client, page, patient, taper):
    visit = AssessmentFactory(patient=patient, assessed_on=date(2026, 4, 27))
    MeasurementFactory(assessment=visit, code="MMT8", value=Decimal(68), unit="{score}")
    MeasurementFactory(
        assessment=visit,
        position=2,
        code="CK",
        value=Decimal(420),
        unit="U/L",
        upper_limit=Decimal(200),
    )

    response = nurse_client.get(page)

    row = next(row for row in response.context["twin"].rows if row.day == "Mon 27 Apr 2026")
    says = [hit.says for hit in response.context["charts"][0].hits]
    assert (row.strength, row.ck) == ("MMT8 68 of 80", "2.1 × (420 U/L)")
    assert "Mon 27 Apr 2026. MMT8 68 of 80. CK 2.1 × upper limit (420 U/L)" in says


def test_unable_is_in_the_table_and_not_in_the_curve(nurse_client, page, patient, taper):
    visit = AssessmentFactory(patient=patient, assessed_on=date(2026, 4, 27))
    MeasurementFactory(assessment=visit, code="WALK_6_MIN", value=None, unit="m", state="UNABLE")

    response = nurse_client.get(page)

    row = next(row for row in response.context["twin"].rows if row.day == "Mon 27 Apr 2026")
    assert row.function == "6-minute walk unable"
    assert response.context["charts"][0].function is None


def test_old_visits_are_drawn_when_asked_for(nurse_client, page, patient, taper):
    old = AssessmentFactory(patient=patient, assessed_on=date(2024, 1, 8))
    MeasurementFactory(assessment=old, code="MMT8", value=Decimal(75), unit="{score}")

    around, all_of_them = nurse_client.get(page), nurse_client.get(f"{page}?chart=all")

    assert around.context["charts"][0].strength is None
    assert all_of_them.context["charts"][0].strength is not None


def test_diagnosis_and_history_are_told_in_words(nurse_client, page, patient, taper):
    DiagnosisFactory(patient=patient)

    response = nurse_client.get(page)

    facts = {fact.name: fact.value for fact in response.context["diagnosis"]}
    assert facts["Inclusion body myositis"] == "confirmed on Fri 20 Mar 2026"
    assert any(
        row.text == "Taper activated, first day at 0 mg Mon 15 Jun 2026."
        for row in response.context["history"]
    )


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        ("prescriber", ("Revise plan", "Record visit", "Record consent"), ()),
        ("nurse", ("Put on hold", "Record visit"), ("Revise plan", "Stop</a>")),
        ("coordinator", ("Change consent", "Details"), ("Record visit", "Put on hold")),
        ("reader", (), ("Record visit", "Details</a>", "Change consent", "Put on hold")),
    ],
)
def test_buttons_follow_the_role(client_of, request, page, taper, role, shown, hidden):
    said = client_of(request.getfixturevalue(role)).get(page).content.decode()

    shown = tuple("Change consent" if each == "Record consent" else each for each in shown)
    assert all(each in said for each in shown)
    assert not any(each in said for each in hidden)


def test_a_name_of_sixty_letters_and_markup_is_printed_as_it_is(nurse_client, clinic):
    name = "<b>" + "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh" + "</b>"
    patient = PatientFactory(clinic=clinic, family_name=name)

    said = nurse_client.get(f"/patients/{patient.pk}").content.decode()

    assert name not in said
    assert "&lt;b&gt;Wolfeschlegel" in said


def test_a_visit_whose_day_has_passed_is_not_told_as_one_that_comes(
    client_of, nurse, page, taper, at
):
    with time_machine.travel(at + timedelta(days=2), tick=False):
        lines = client_of(nurse).get(page).context["next_lines"]

    assert ("Visit due since", "Mon 4 May 2026, 2 days ago") in [
        (line.what, line.when) for line in lines
    ]


def test_the_list_tells_the_dose_of_a_patient_without_a_plan(nurse_client, patient):
    SteroidExposureFactory(patient=patient, daily_mg=Decimal(40))

    said = " ".join(nurse_client.get("/patients").content.decode().split())

    assert '<strong class="nowrap">40 mg a day</strong> <span class="muted">no plan</span>' in said


def test_paper_says_whose_it_is(nurse_client, taper):
    for page in (f"/tapers/{taper.pk}", f"/patients/{taper.patient_id}/sparing"):
        said = " ".join(nurse_client.get(page).content.decode().split())
        printed = said.partition('<p class="print-only">')[2].partition("</p>")[0]
        assert "Ada Marlow" in printed
        assert f"{taper.patient.code}, " in printed
        assert "born " in printed
        assert "Printed Mon 4 May 2026, 10:00." in printed
