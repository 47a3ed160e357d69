"""The pages of what goes in the next weeks, and of what to catch up on."""

import pytest

from notifications.models import Reminder
from notifications.services.contact import change_patient
from patients.models import Patient
from tests.factories import TeamTaskFactory
from tests.factories_notifications import SendingPauseFactory


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_next_mails_stand_by_day_with_codes_and_no_names(nurse_client, taper):
    page = nurse_client.get("/reminders/upcoming")

    days = page.context["days"]
    assert days[0].title == "Tuesday 5 May 2026, tomorrow"
    [first] = [row for row in days[0].rows if row.kind == "Dose step, asked once more"]
    assert (first.code, first.says) == (taper.patient.code, "Goes unless somebody answers before")
    assert taper.patient.family_name not in page.content.decode()


def test_a_holiday_is_named_beside_its_day(nurse_client, taper):
    Reminder.objects.filter(kind="STEP_DAY", local_date="2026-05-25").get()

    [day] = [d for d in nurse_client.get("/reminders/upcoming").context["days"] if d.holiday]

    assert (day.title.split(",")[0], day.holiday) == ("Monday 25 May 2026", "Memorial Day")


def test_what_may_not_go_says_why(nurse_client, taper):
    Patient.objects.update(email_verified_at=None)

    said = text_of(nurse_client.get("/reminders/upcoming"))

    assert "Does not go: The patient has not confirmed the e-mail address." in said


def test_a_pause_stands_on_top(nurse_client, clinic):
    SendingPauseFactory(clinic=clinic, reason="A wrong text.")

    said = text_of(nurse_client.get("/reminders/upcoming"))

    assert "“A wrong text.”" in said
    assert "No mail waits." in said


@pytest.fixture
def late(taper, at) -> Reminder:
    reminder = taper.patient.reminders.filter(kind="STEP_DAY").earliest("due_at")
    Reminder.objects.filter(pk=reminder.pk).update(status="EXPIRED", due_at=at)
    return reminder


def test_after_an_outage_it_says_what_was_late_and_whom_to_call(nurse_client, late):
    said = text_of(nurse_client.get("/reminders/catch-up"))

    assert "was not sent: it came too late." in said
    assert "Ada Marlow" in said
    assert "+1 312 555 0142" in said


def test_with_nothing_to_catch_up_on_it_says_so(nurse_client, taper):
    assert "Nothing to catch up on." in text_of(nurse_client.get("/reminders/catch-up"))


@pytest.mark.parametrize("since", ["nonsense", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_an_odd_day_breaks_nothing(nurse_client, late, since):
    assert nurse_client.get("/reminders/catch-up", {"since": since}).status_code == 200


def test_the_task_on_the_worklist_leads_there(nurse_client, clinic):
    TeamTaskFactory(clinic=clinic, key="reminders-too-late")

    said = text_of(nurse_client.get("/"))

    assert "/reminders/catch-up?since=2026-03-25" in said
    assert "See whom to call" in said


def test_another_clinics_mail_is_on_neither(stranger_client, late):
    for path in ("/reminders/upcoming", "/reminders/catch-up"):
        assert late.patient.code not in text_of(stranger_client.get(path))


def test_a_patient_elsewhere_is_shown_at_the_clinics_time_with_the_readers_beside_it(
    nurse_client, nurse, taper, at
):
    change_patient(
        actor=nurse, patient=taper.patient, changes={"time_zone": "Europe/Berlin"}, at=at
    )

    days = nurse_client.get("/reminders/upcoming").context["days"]

    [row] = [row for row in days[0].rows if row.kind == "Dose step, asked once more"]
    assert (row.time, row.about) == ("02:00", "09:00 in Berlin")
