from datetime import timedelta

import pytest
import time_machine

from notifications.models import DeliveryAttempt, Reminder
from notifications.services import contact
from patients.links import path_for
from patients.models import Patient
from patients.services.consent import issue_verification


@pytest.fixture
def refused(taper, at) -> Reminder:
    """A mail the server refused."""
    reminder = taper.patient.reminders.filter(kind="STEP_DAY").earliest("due_at")
    Reminder.objects.filter(pk=reminder.pk).update(
        status="GAVE_UP", attempts=1, outcome_note="The mail server refused the address."
    )
    DeliveryAttempt.objects.create(
        reminder=reminder,
        number=1,
        recipient=taper.patient.email,
        outcome="REFUSED",
        smtp_code=550,
        error="550 5.1.1 no such user",
        handed_at=at,
        ended_at=at,
    )
    reminder.refresh_from_db()
    return reminder


def test_the_log_lists_what_will_be_sent_and_its_state(nurse_client, taper):
    rows = nurse_client.get("/reminders/").context["rows"]

    assert {row.status for row in rows} == {"Scheduled"}
    assert {row.code for row in rows} == {taper.patient.code}


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("?kind=STEP_DAY", {"Dose step today"}),
        ("?due_from=2026-05-10&due_to=2026-05-11&kind=STEP_DAY", {"Dose step today"}),
        ("?status=SENT", set()),
    ],
)
def test_the_log_is_filtered(nurse_client, taper, query, kinds):
    assert {row.kind for row in nurse_client.get(f"/reminders/{query}").context["rows"]} == kinds


@pytest.mark.parametrize(
    "query", ["?status=NONSENSE", "?due_from=0001-01-01", "?patient=x", "?page=-1", "?page=١"]
)
def test_a_filter_that_cannot_be_read_breaks_nothing(nurse_client, taper, query):
    assert nurse_client.get(f"/reminders/{query}").status_code == 200


def test_the_trace_says_why_and_what_the_server_answered(nurse_client, refused):
    trace = nurse_client.get(f"/reminders/{refused.pk}").context["trace"]

    assert trace.why.startswith("Step 2 of the taper begins on ")
    assert trace.revision == "revision 1 of the plan"
    assert [row.answer for row in trace.attempts] == ["Mailbox unknown: 550 5.1.1 no such user"]


def test_try_again_schedules_it_and_says_so(nurse_client, refused):
    answer = nurse_client.post(f"/reminders/{refused.pk}", follow=True)

    refused.refresh_from_db()
    assert refused.status == "SCHEDULED", [str(m) for m in answer.context["messages"]]
    assert "scheduled again" in answer.content.decode()


def test_what_the_rules_forbid_is_not_sent_by_hand_either(nurse_client, refused, nurse, at):
    contact.withdraw_mail_consent(
        actor=nurse, patient=refused.patient, channel="EMAIL", on=at.date(), at=at
    )

    answer = nurse_client.post(f"/reminders/{refused.pk}", follow=True)

    assert "has not consented" in answer.content.decode()


def test_a_reader_sees_the_trace_without_the_button(reader_client, refused):
    said = reader_client.get(f"/reminders/{refused.pk}").content.decode()

    assert "Try again</button>" not in said
    assert "may try again" in said


# The mailed link ---------------------------------------------------------------------------------


@pytest.fixture
def unconfirmed(patient) -> Patient:
    patient.email_verified_at = None
    patient.save()
    return patient


@pytest.fixture
def link(unconfirmed, at) -> str:
    _, token = issue_verification(patient=unconfirmed, at=at)
    return f"/reminders/verify/{token}"


def test_opening_the_link_confirms_nothing_by_itself(anonymous_client, link, unconfirmed):
    page = anonymous_client.get(link)

    unconfirmed.refresh_from_db()
    assert page.status_code == 200
    assert "Yes, this is my address" in page.content.decode()
    assert unconfirmed.email_verified_at is None


def test_pressing_the_button_confirms_and_twice_is_no_error(anonymous_client, link, unconfirmed):
    first, second = anonymous_client.post(link), anonymous_client.post(link)

    unconfirmed.refresh_from_db()
    assert (first.status_code, second.status_code) == (200, 200)
    assert unconfirmed.email_verified_at is not None


def test_the_page_names_neither_patient_nor_disease(anonymous_client, link, unconfirmed):
    said = anonymous_client.get(link).content.decode()

    assert unconfirmed.family_name not in said
    for word in ("myositis", "steroid", "prednisone", "taper "):
        assert word not in said.lower().replace("taperline", "")


def test_who_holds_the_link_learns_neither_the_clinic_nor_the_address(
    anonymous_client, link, unconfirmed
):
    asked, thanked = anonymous_client.get(link), anonymous_client.post(link)

    for said in (asked.content.decode(), thanked.content.decode()):
        assert "Your care team" in said
        assert unconfirmed.clinic.name not in said
        assert unconfirmed.email not in said
        assert f"{unconfirmed.email[0]}…@{unconfirmed.email.partition('@')[2]}" in said


def test_a_link_that_is_over_says_so(anonymous_client, db):
    page = anonymous_client.get("/reminders/verify/never-issued")

    assert page.status_code == 404
    assert "no longer" in page.content.decode()


def test_the_link_tells_no_other_site_where_one_came_from(anonymous_client, link):
    assert anonymous_client.get(link)["Referrer-Policy"] == "no-referrer"
    assert "no-store" in anonymous_client.get(link)["Cache-Control"]


# What the patient did with a mail, and a test to oneself -----------------------------------------


@pytest.fixture
def opened(anonymous_client, taper, at) -> Reminder:
    """A mail that went out, whose link the patient opened to answer for step 1."""
    reminder = taper.patient.reminders.filter(kind="STEP_DAY").earliest("due_at")
    Reminder.objects.filter(pk=reminder.pk).update(status="SENT", sent_at=at)
    path = path_for(patient=taper.patient, reminder_id=reminder.pk, day=at.date())
    anonymous_client.post(path, {"day": "14", "month": "3", "year": "1958"})
    answer = {"step": "1", "revision": "1", "taken_on": "2026-05-04"}
    with time_machine.travel(at + timedelta(minutes=1), tick=False):
        assert anonymous_client.post(f"{path}/changed", answer).status_code == 302
    reminder.refresh_from_db()
    return reminder


def test_the_trace_shows_what_the_patient_answered_and_when(nurse_client, opened):
    page = nurse_client.get(f"/reminders/{opened.pk}")

    assert [(line.when, line.text) for line in page.context["answers"]] == [
        ("Mon 4 May 2026, 10:00", "The patient opened the page behind the link of a mail."),
        ("Mon 4 May 2026, 10:01", "Step 1 reported: taken on Mon 4 May 2026."),
    ]
    assert "On the day of each step that changes the dose." in page.content.decode()


def test_another_mail_of_the_same_patient_was_not_answered(nurse_client, opened, at):
    other = opened.patient.reminders.filter(kind="STEP_HEADS_UP").earliest("due_at")
    Reminder.objects.filter(pk=other.pk).update(status="SENT", sent_at=at)

    page = nurse_client.get(f"/reminders/{other.pk}")

    assert page.context["answers"] == ()
    assert "The link in this mail was not opened yet." in page.content.decode()


def test_wrong_birth_dates_are_told(nurse_client, anonymous_client, opened, at):
    other = opened.patient.reminders.filter(kind="STEP_HEADS_UP").earliest("due_at")
    Reminder.objects.filter(pk=other.pk).update(status="SENT", sent_at=at)
    path = path_for(patient=opened.patient, reminder_id=other.pk, day=at.date())

    anonymous_client.post(path, {"day": "1", "month": "1", "year": "1958"})

    assert "1 wrong birth date given" in nurse_client.get(f"/reminders/{other.pk}").content.decode()


def test_what_was_not_sent_says_nothing_of_a_link(nurse_client, taper):
    waiting = taper.patient.reminders.filter(status="SCHEDULED").first()

    said = nurse_client.get(f"/reminders/{waiting.pk}").content.decode()

    assert "What the patient did" not in said


def test_a_test_to_oneself_is_asked_for_with_one_button(nurse_client, clinic):
    assert "Send a test to myself" in nurse_client.get("/reminders/").content.decode()

    answer = nurse_client.post("/reminders/test", follow=True)

    test = Reminder.objects.get()
    assert (test.kind, test.audience, test.patient) == ("TEST", "MEMBER", None)
    assert answer.redirect_chain == [(f"/reminders/{test.pk}", 302)]
    assert "Test of sending" in answer.content.decode()
    again = nurse_client.post("/reminders/test", follow=True)
    assert "is under way" in again.content.decode()


def test_a_reader_has_no_button_and_may_not(reader_client, clinic):
    assert "Send a test to myself" not in reader_client.get("/reminders/").content.decode()
    assert reader_client.post("/reminders/test").status_code == 403
