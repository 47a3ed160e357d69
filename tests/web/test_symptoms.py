"""A nurse on the telephone writes down what the patient says."""

from datetime import timedelta
from uuid import uuid4

import pytest

from notifications.models import Reminder
from patients.models import TeamTask
from patients.vocabulary import TaskKind
from tapers.models import SymptomReport
from tapers.selectors import open_red_flag
from tests.factories import PatientFactory


@pytest.fixture
def page(taper):
    return f"/patients/{taper.patient_id}/symptoms"


def given(**values):
    return {"reported_by": "PATIENT", "note": "", "form_id": str(uuid4())} | values


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_form_asks_what_the_patients_own_page_asks_red_flags_first(nurse_client, page):
    said = text_of(nurse_client.get(page))

    for label in ("Fainting or collapse", "Dizziness on standing", "Choking on food or drink"):
        assert label in said
    assert said.index("Fainting or collapse") < said.index("New fatigue") < said.index("Choking")


def test_a_red_flag_acts_at_once_and_tells_the_nurse_what_to_do(nurse_client, page, taper):
    answer = nurse_client.post(page, given(red_flags=["FAINTING"], minor=["NAUSEA"]), follow=True)

    assert open_red_flag(patient=taper.patient) is not None
    assert TeamTask.objects.filter(kind=TaskKind.RED_FLAG).exists()
    assert "Possible adrenal crisis. Keep the patient on the line" in text_of(answer)


def test_anything_else_asks_the_team_to_call(nurse_client, page, nurse):
    answer = nurse_client.post(
        page, given(minor=["FATIGUE"], note="Worse since Friday"), follow=True
    )

    report = SymptomReport.objects.get()
    assert (report.symptoms, report.note) == (["FATIGUE"], "Worse since Friday")
    assert (report.reported_by, report.recorded_by) == ("PATIENT", nurse)
    assert "A task asks the team to call." in text_of(answer)


def test_the_form_stands_on_today_and_says_beforehand_what_will_happen(
    nurse_client, page, clinic_monday
):
    response = nurse_client.get(page)

    assert response.context["form"]["happened_on"].value() == clinic_monday
    said = text_of(response)
    assert "Symptoms of today and of the last 7 days open a task" in said
    assert (
        "Older ones are history: they pause nothing, open no task and mail nobody at once." in said
    )


@pytest.mark.parametrize("days", [0, 7])
def test_a_red_flag_of_the_last_days_acts_at_once(nurse_client, page, taper, clinic_monday, days):
    on = clinic_monday - timedelta(days=days)

    answer = nurse_client.post(page, given(red_flags=["FAINTING"], happened_on=on), follow=True)

    assert SymptomReport.objects.get().happened_on == on
    assert open_red_flag(patient=taper.patient) is not None
    assert "Possible adrenal crisis. Keep the patient on the line" in text_of(answer)


def test_what_is_older_is_kept_as_history_and_the_page_says_so(nurse_client, page, taper):
    answer = nurse_client.post(
        page, given(red_flags=["FAINTING"], happened_on="2026-04-26"), follow=True
    )

    assert open_red_flag(patient=taper.patient) is None
    assert not TeamTask.objects.exists()
    said = text_of(answer)
    assert "Recorded as history, of Sun 26 Apr 2026. Nothing is paused" in said
    assert "Possible adrenal crisis" not in said
    assert "Symptoms of Sun 26 Apr 2026 reported as history: fainting or collapse." in said


def test_what_was_recorded_stands_below_the_form_by_its_day(nurse_client, page):
    for day, symptom in (
        ("2026-05-04", "FATIGUE"),
        ("2026-05-02", "ACHES"),
        ("2026-04-01", "NAUSEA"),
    ):
        nurse_client.post(page, given(minor=[symptom], happened_on=day, note=f"Of {day}"))

    rows = nurse_client.get(page).context["told"]

    assert [(row.day, row.said, row.told) for row in rows] == [
        ("Mon 4 May 2026", "New fatigue", ""),
        ("Sat 2 May 2026", "Aching muscles or joints", "told on Mon 4 May 2026"),
        ("Wed 1 Apr 2026", "Nausea", "told on Mon 4 May 2026, history"),
    ]
    assert "“Of 2026-04-01”" in text_of(nurse_client.get(page))


def test_the_course_of_that_day_shows_it(nurse_client, page, taper):
    nurse_client.post(page, given(other=["FALL"], happened_on="2026-04-20"))

    before, on = (
        text_of(nurse_client.get(f"/patients/{taper.patient_id}/course", {"as_of": day}))
        for day in ("2026-04-19", "2026-04-20")
    )

    assert "Fall without injury" not in before
    assert "Fall without injury" in on


def test_left_empty_the_day_is_today(nurse_client, page, clinic_monday):
    nurse_client.post(page, given(minor=["FATIGUE"], happened_on=""))

    assert SymptomReport.objects.get().happened_on == clinic_monday


@pytest.mark.parametrize("day", ["2026-05-05", "1900-01-01"])
def test_a_day_that_cannot_be_is_refused_beside_its_field(nurse_client, page, day):
    response = nurse_client.post(page, given(minor=["FATIGUE"], happened_on=day))

    [said] = response.context["form"].errors["happened_on"]
    assert said.startswith("The date must lie between ")
    assert said.endswith("and 2026-05-04.")
    assert not SymptomReport.objects.exists()


def test_the_page_that_lifts_a_red_flag_says_of_which_day_it_is(prescriber_client, page, taper):
    prescriber_client.post(page, given(red_flags=["FAINTING"], happened_on="2026-05-02"))

    said = text_of(prescriber_client.get(f"/patients/{taper.patient_id}/red-flag"))

    assert ", of Sat 2 May 2026" in said


def test_nothing_ticked_and_nothing_written_is_no_report(nurse_client, page):
    response = nurse_client.post(page, given())

    assert "Name a symptom, or write what it is." in text_of(response)
    assert not SymptomReport.objects.exists()


@pytest.mark.parametrize(
    "odd",
    [
        {"minor": ["FAINTING"]},
        {"red_flags": ["NONSENSE"]},
        {"reported_by": "NEIGHBOUR"},
        {"note": "x" * 501},
        {"form_id": "x"},
        {"happened_on": "yesterday"},
    ],
)
def test_what_cannot_be_read_stores_nothing_and_loses_nothing(nurse_client, page, odd):
    response = nurse_client.post(page, given(**{"other": ["FEVER"], "note": "Ill"} | odd))

    assert response.status_code == 200
    assert response.context["form"]["other"].value() == ["FEVER"]
    assert not SymptomReport.objects.exists()


def test_the_button_pressed_twice_is_one_report(nurse_client, page):
    once = given(minor=["FATIGUE"])

    nurse_client.post(page, once)
    nurse_client.post(page, once)

    assert SymptomReport.objects.count() == 1


def test_a_coordinator_is_told_who_may(coordinator_client, page):
    for response in (coordinator_client.get(page), coordinator_client.post(page, given())):
        assert response.status_code == 403
        assert "A prescriber or a nurse may." in text_of(response)


# Entered in error ---------------------------------------------------------------------------------


@pytest.fixture
def flag(nurse_client, page):
    nurse_client.post(page, given(red_flags=["FAINTING"], note="On the phone"))
    return SymptomReport.objects.get()


def test_the_page_says_beforehand_what_the_mark_does_and_asks_why(prescriber_client, page, flag):
    listed = text_of(prescriber_client.get(page))
    asked = text_of(prescriber_client.get(f"{page}/{flag.pk}/in-error"))

    assert f'href="{page}/{flag.pk}/in-error"' in listed
    assert "Fainting or collapse" in asked
    assert "counts on no day" in asked
    assert "the task to call is closed with your reason" in asked
    assert "has been sent" not in asked
    assert "The patient wrote this" not in asked
    assert 'name="reason"' in asked
    assert (
        not prescriber_client.post(f"{page}/{flag.pk}/in-error", {"reason": " "})
        .context["row"]
        .in_error
    )


def test_marked_it_stands_struck_out_with_who_and_why_and_the_pause_is_over(
    prescriber_client, page, flag, prescriber, taper
):
    answer = prescriber_client.post(
        f"{page}/{flag.pk}/in-error", {"reason": "The wrong patient"}, follow=True
    )

    said = text_of(answer)
    assert "The red flag is over. Reminders of reductions go on." in said
    row = said.split("Recorded so far", 1)[1]
    assert "<s>" in row
    assert "On the phone" in row
    assert f"{prescriber.last_name}" in row
    assert "Marked as entered in error" in row
    assert "The wrong patient" in row
    assert f'href="{page}/{flag.pk}/in-error"' not in row
    assert open_red_flag(patient=taper.patient) is None
    home = text_of(prescriber_client.get(f"/patients/{taper.patient_id}"))
    assert "Reminders to the patient are paused" not in home
    assert "Symptoms marked as entered in error: fainting or collapse." in home


def test_another_red_flag_is_named_as_the_reason_why_the_pause_stays(
    nurse_client, prescriber_client, page, flag
):
    nurse_client.post(page, given(red_flags=["CONFUSION"]))

    answer = prescriber_client.post(
        f"{page}/{flag.pk}/in-error", {"reason": "The wrong patient"}, follow=True
    )

    assert "Another red flag is open: reminders of reductions stay paused." in text_of(answer)


def test_what_cannot_be_taken_back_is_said_before_and_after(prescriber_client, page, flag):
    Reminder.objects.filter(kind="RED_FLAG").update(
        status="SENT", sent_at=flag.recorded_at, handed_at=flag.recorded_at
    )
    SymptomReport.objects.update(recorded_by=None)
    path = f"{page}/{flag.pk}/in-error"

    before = text_of(prescriber_client.get(path))
    after = text_of(prescriber_client.post(path, {"reason": "A friend pressed it"}, follow=True))

    for said in (before, after):
        assert "No mail takes it back" in said
        assert "speak with the patient" in said


def test_a_second_press_is_told_who_was_first(prescriber_client, page, flag):
    path = f"{page}/{flag.pk}/in-error"
    prescriber_client.post(path, {"reason": "The wrong patient"})

    again = text_of(prescriber_client.post(path, {"reason": "Also seen"}))

    assert "Marked as entered in error" in again
    assert "The wrong patient" in again
    assert "Also seen" not in again
    assert SymptomReport.objects.get().in_error_reason == "The wrong patient"


def test_who_may_not_record_is_not_shown_the_way(coordinator_client, reader_client, page, flag):
    for client in (coordinator_client, reader_client):
        assert client.get(f"{page}/{flag.pk}/in-error").status_code == 403
        assert client.post(f"{page}/{flag.pk}/in-error", {"reason": "x"}).status_code == 403
    assert not SymptomReport.objects.exclude(in_error_at=None).exists()


def test_an_open_red_flag_sends_the_nurse_to_a_prescriber(nurse_client, page, flag):
    said = text_of(nurse_client.get(page))

    assert "Entered in error? A prescriber marks an open red flag." in said
    assert f'href="{page}/{flag.pk}/in-error"' not in said
    assert nurse_client.get(f"{page}/{flag.pk}/in-error").status_code == 403
    assert nurse_client.post(f"{page}/{flag.pk}/in-error", {"reason": "x"}).status_code == 403
    assert not SymptomReport.objects.exclude(in_error_at=None).exists()


def test_a_report_of_another_patient_is_not_there(nurse_client, flag, clinic):
    other = PatientFactory(clinic=clinic)
    path = f"/patients/{other.pk}/symptoms/{flag.pk}/in-error"

    assert nurse_client.get(path).status_code == 404
    assert nurse_client.post(path, {"reason": "The wrong patient"}).status_code == 404


def test_the_page_of_the_red_flag_leads_there(prescriber_client, page, flag, taper):
    there = f'href="{page}#told"'

    lifting = prescriber_client.get(f"/patients/{taper.patient_id}/red-flag")
    assert there in lifting.content.decode()
