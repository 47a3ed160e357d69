"""The patient's page: what a browser, a scanner, a stranger and a mail program can do with it."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from notifications.models import Reminder
from patients.links import path_for
from patients.models import AuditEvent, Consent, PatientLink, TeamTask
from patients.selectors import standing_consent
from patients.services.links import revoke_links
from patients.services.tasks import close_tasks
from patients.vocabulary import PatientStatus, TaskKind
from tapers.domain.schedule import Regimen
from tapers.models import StepReport, SymptomReport
from tapers.services.changing import hold_taper, revise_taper, stop_taper
from tapers.services.plans import report_step
from tests.factories import PatientFactory
from tests.tapers.story import REASONS, may, morning_of
from tracker.portal import door

pytestmark = pytest.mark.django_db

BIRTH = {"day": "14", "month": "3", "year": "1958"}
WRONG = {"day": "15", "month": "3", "year": "1958"}
PLACES = (
    "",
    "/changed",
    "/when",
    "/not-yet",
    "/symptoms",
    "/about",
    "/unwell",
    "/other",
    "/question",
    "/noted",
    "/contact",
    "/unsubscribe",
)


@pytest.fixture(autouse=True)
def _at_ten_on_monday_and_nobody_has_tried(now):
    cache.clear()


@pytest.fixture
def inside(phone, mailed, taper):
    """The patient's browser with the birth date given."""
    assert phone.post(mailed, BIRTH).status_code == 302
    return phone


def everything():
    """Every row of every table of ours, but the requests of the test itself."""
    return {
        model._meta.label: list(model.objects.order_by("pk").values())
        for app in ("patients", "notifications", "tapers")
        for model in apps.get_app_config(app).get_models()
    }


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def hidden(response, name):
    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())[1]


def answer_on(response, **more):
    return {name: hidden(response, name) for name in ("step", "revision")} | more


# Looking changes nothing -------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
def test_looking_changes_nothing(phone, inside, mailed, place):
    before = everything()

    for browser in (Client(), inside):
        for look in (browser.get, browser.head, browser.options):
            for _ in range(3):
                look(mailed + place)

    assert everything() == before


@pytest.mark.parametrize("place", PLACES)
def test_nobody_else_keeps_or_learns_the_page(inside, mailed, place):
    for browser in (Client(), inside):
        response = browser.get(mailed + place)
        assert response["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("place", PLACES)
def test_before_the_birth_date_nothing_tells_whose_page_it_is(phone, taper, patient, mailed, place):
    response = phone.get(mailed + place, follow=True)

    said = response.content.decode()
    for name in (patient.given_name, patient.family_name, patient.code, patient.email, " mg"):
        assert name not in said
    assert patient.clinic.name not in said
    if response.status_code == 200:
        assert patient.clinic.phone in said


@pytest.mark.parametrize("place", [each for each in PLACES if each not in ("", "/unsubscribe")])
def test_before_the_birth_date_no_answer_is_taken(phone, taper, mailed, place):
    before = everything()

    answer = {"step": "1", "revision": "1", "taken_on": "2026-05-04", "symptom": "FAINTING"}
    phone.post(mailed + place, answer | {"note": "x", "mail": "OFF"})

    assert everything() == before


@pytest.mark.parametrize(
    ("failure", "status"), [(ZeroDivisionError(), 500), (OperationalError("it is gone"), 503)]
)
def test_when_we_fail_the_patient_reads_whom_to_call_and_no_word_for_the_team(
    monkeypatch, mailed, taper, failure, status
):
    def breaks(*args, **kwargs):
        raise failure

    monkeypatch.setattr(door, "opened", breaks)
    browser = Client(raise_request_exception=False, headers={"accept-language": "de"})

    response = browser.get(mailed)

    assert response.status_code == status
    assert response.has_header("Retry-After") == (status == 503)
    assert "Diese Seite geht gerade nicht" in text(response)
    assert "Rettungsdienst" in text(response)
    assert "no-store" in response["Cache-Control"]


def test_an_address_below_a_link_that_is_none_says_what_a_dead_link_says(phone, mailed):
    response = phone.get(f"{mailed}/nonsense")

    assert response.status_code == 404
    assert "This link does not work any more" in text(response)
    assert "clinic you are not a member of" not in text(response)


# Which links -------------------------------------------------------------------------------------


def test_every_link_that_opens_nothing_gets_the_same_answer(
    phone, patient, clinic, nurse, mailed, now, at, clinic_monday
):
    def body(path):
        answers = [phone.get(path), phone.post(path, BIRTH), phone.get(f"{path}/contact")]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        return answers[0].content

    died = PatientFactory(clinic=clinic, status=PatientStatus.DIED)
    bodies = [
        body("/p/nonsense"),
        body(mailed[:-1] + ("A" if mailed[-1] != "A" else "B")),
        body(path_for(patient=died, reminder_id=uuid4(), day=clinic_monday)),
        body(path_for(patient=patient, reminder_id=uuid4(), day=may(4) - timedelta(days=31))),
    ]
    revoke_links(actor=nurse, patient=patient, at=at)
    bodies.append(body(mailed))

    assert len(set(bodies)) == 1


def test_five_wrong_birth_dates_lock_it(phone, patient, taper, mailed):
    for _ in range(4):
        assert phone.post(mailed, WRONG).status_code == 400
    assert "locked" in text(phone.post(mailed, WRONG))

    assert phone.post(mailed, BIRTH).status_code == 403
    assert phone.get(mailed).status_code == 403
    assert TeamTask.objects.get().kind == TaskKind.LINK_LOCKED


def test_locking_closes_the_door_behind_who_is_in(inside, mailed):
    guesser = Client()
    for _ in range(5):
        guesser.post(mailed, WRONG)

    assert inside.get(f"{mailed}/symptoms").status_code == 403


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"day": "31", "month": "2", "year": "1958"},
        {"day": "x", "month": "3", "year": "1958"},
        {"day": "١٤", "month": "3", "year": "1958"},
        {"day": "14", "month": "3", "year": "99999999999999"},
        {"day": "14\x00", "month": "3", "year": "1958"},
    ],
)
def test_what_is_no_day_is_no_guess(phone, mailed, given):
    assert phone.post(mailed, given).status_code == 400
    assert not PatientLink.objects.exists()


@pytest.mark.parametrize("month", ["3", "03", "Mar", "march", " MARCH "])
def test_a_month_may_be_a_number_or_a_name(phone, mailed, month):
    assert phone.post(mailed, BIRTH | {"month": month}).status_code == 302


def test_the_cookie_of_one_link_opens_no_other(inside, clinic, mailed, clinic_monday):
    other = PatientFactory(clinic=clinic, birth_date=may(1).replace(year=1950))
    others = path_for(patient=other, reminder_id=uuid4(), day=clinic_monday)

    assert "birth date" in text(inside.get(others))
    inside.post(f"{others}/symptoms", {"symptom": "FAINTING"})
    assert not SymptomReport.objects.exists()


def test_the_cookie_is_for_these_pages_only(inside):
    cookie = inside.cookies["page"]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/p/", True, "Lax")
    assert cookie["max-age"] == 1800


def test_a_changed_cookie_opens_nothing(inside, mailed):
    inside.cookies["page"] = str(inside.cookies["page"].value) + "x"

    assert "birth date" in text(inside.get(mailed))


def test_a_form_from_elsewhere_is_refused(mailed, taper):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(mailed, BIRTH).status_code == 403


def test_too_many_tries_from_one_address_are_slowed(phone, clinic, clinic_monday):
    statuses = set()
    for _ in range(70):
        other = path_for(
            patient=PatientFactory(clinic=clinic), reminder_id=uuid4(), day=clinic_monday
        )
        statuses.add(phone.post(other, WRONG).status_code)

    assert statuses == {400, 429}


# The step ----------------------------------------------------------------------------------------


def test_it_shows_the_dose_the_tablets_and_whom_to_call(inside, mailed, patient):
    response = inside.get(mailed)

    said = text(response)
    assert "Your dose from today 30 mg prednisone once a day, in the morning" in said
    assert "6 × 5 mg" in said
    assert response.content.count(b'class="pill-body"') == 6
    assert patient.clinic.phone in said
    assert "Call emergency services now if you" in said
    assert b'href="tel:911"' in response.content


def test_changed_today_is_reported_once(inside, mailed, taper):
    shown = inside.get(mailed)
    answer = answer_on(shown, taken_on="2026-05-04")

    for _ in range(3):
        response = inside.post(f"{mailed}/changed", answer, follow=True)

    report = StepReport.objects.get()
    assert (report.outcome, report.taken_on, report.recorded_by) == ("TAKEN", may(4), None)
    said = text(response)
    assert "Thank you. You changed on Monday 4 May 2026." in said
    assert "From Monday 11 May 2026 20 mg prednisone" in said
    assert "Have you changed" not in said


def test_changed_some_days_ago_moves_the_later_steps(inside, mailed, taper, now):
    now.to(morning_of(may(7)))
    shown = inside.get(f"{mailed}/when")
    assert "Wednesday 6 May" in text(shown)

    for _ in range(2):
        inside.post(f"{mailed}/changed", answer_on(shown, taken_on="2026-05-06"))

    assert StepReport.objects.get().taken_on == may(6)
    assert "From Wednesday 13 May 2026" in text(inside.get(mailed))


def test_not_yet_is_reported_once_and_can_become_a_yes(inside, mailed):
    answer = answer_on(inside.get(mailed))

    for _ in range(2):
        response = inside.post(f"{mailed}/not-yet", answer, follow=True)

    assert StepReport.objects.get().outcome == "NOT_YET"
    assert "You told us: not yet." in text(response)
    inside.post(f"{mailed}/changed", answer | {"taken_on": "2026-05-04"})
    assert StepReport.objects.filter(outcome="TAKEN").count() == 1


def test_an_answer_to_an_old_page_is_not_taken(inside, mailed, taper, prescriber, at):
    answer = answer_on(inside.get(mailed), taken_on="2026-05-04")
    revise_taper(
        actor=prescriber,
        taper=taper,
        reason="Felt weak",
        reasons=REASONS | {"PLAN_SHORT": "Agreed"},
        starts_on=may(4),
        daily_mg=taper.start_daily_mg,
        steps=((may(18), Decimal(20)), (may(25), Decimal(0))),
        at=at,
    )

    response = inside.post(f"{mailed}/changed", answer)

    assert response.status_code == 409
    assert "Your plan has changed" in text(response)
    assert not StepReport.objects.exists()


def test_a_day_that_cannot_be_is_refused_in_words(inside, mailed, taper):
    answer = answer_on(inside.get(mailed), taken_on="2027-05-04")

    response = inside.post(f"{mailed}/changed", answer)

    assert response.status_code == 409
    assert not StepReport.objects.exists()


@pytest.mark.parametrize(
    "spoilt",
    [{"step": "999999"}, {"step": "x"}, {"revision": ""}, {"taken_on": "soon"}, {"step": "\x00"}],
)
def test_a_spoilt_answer_changes_nothing(inside, mailed, spoilt):
    answer = answer_on(inside.get(mailed), taken_on="2026-05-04") | spoilt

    assert inside.post(f"{mailed}/changed", answer).status_code in (302, 409)
    assert not StepReport.objects.exists()


def test_the_earliest_step_without_an_answer_is_asked_about_first(inside, mailed, taper, now):
    """An answer about a later one, from a page of before, leads back to it."""
    now.to(morning_of(may(12)))
    asked = answer_on(inside.get(mailed), taken_on="2026-05-12")
    assert asked["step"] == "1"

    response = inside.post(f"{mailed}/changed", asked | {"step": "2"}, follow=True)

    assert response.status_code == 200
    assert "30 mg prednisone" in text(response)
    assert not StepReport.objects.exists()
    inside.post(f"{mailed}/changed", asked | {"taken_on": "2026-05-04"})
    assert answer_on(inside.get(mailed), taken_on="2026-05-12")["step"] == "2"


def test_on_hold_it_asks_nothing(inside, mailed, taper, prescriber, at):
    hold_taper(actor=prescriber, taper=taper, on=may(4), reason="Fever", at=at)

    said = text(inside.get(mailed))

    assert "on hold" in said
    assert "Fever" not in said
    assert "Have you changed" not in said
    assert "Call emergency services now" in said


def test_on_hold_no_dose_is_named_that_nobody_has_confirmed(inside, mailed, taper, prescriber, at):
    """On the day of a step the patient may still take the dose before: 30 mg would be a cut."""
    hold_taper(actor=prescriber, taper=taper, on=may(4), reason="Fever", at=at)

    said = text(inside.get(mailed))

    assert "Your plan is on hold" in said
    assert "Stay on the dose you take now until we call. Do not stop your tablets." in said
    assert " mg" not in said


def test_on_hold_the_dose_that_is_taken_is_named(inside, mailed, taper, nurse, prescriber, at):
    report_step(
        actor=nurse,
        taper=taper,
        step_number=1,
        outcome="TAKEN",
        taken_on=may(4),
        reported_by="STAFF",
        at=at,
    )
    hold_taper(actor=prescriber, taper=taper, on=may(4), reason="Fever", at=at)

    said = text(inside.get(mailed))

    assert "30 mg prednisone" in said
    assert "Stay on this dose until we call you." in said


def test_on_hold_the_dose_of_a_revision_made_since_is_named(
    inside, mailed, taper, prescriber, now, at
):
    hold_taper(actor=prescriber, taper=taper, on=may(4), reason="Fever", at=at)
    revise_taper(
        actor=prescriber,
        taper=taper,
        reason="Step back",
        reasons={"PLAN_LONG": "Agreed"},
        starts_on=may(5),
        daily_mg=Decimal(40),
        regimen=Regimen(Decimal(10), 7, 7),
        at=at,
    )
    now.to(at + timedelta(days=1))

    assert "40 mg prednisone" in text(inside.get(mailed))


def test_an_answer_that_comes_after_a_hold_leads_to_the_plan_as_it_is(
    inside, mailed, taper, nurse, at
):
    asked = answer_on(inside.get(mailed), taken_on="2026-05-04")
    hold_taper(actor=nurse, taper=taper, on=may(4), reason="Fever", at=at)

    response = inside.post(f"{mailed}/changed", asked)

    assert response.status_code == 409
    assert "Your plan has changed" in text(response)
    assert nurse.username not in text(response)
    assert not StepReport.objects.exists()


def test_where_we_do_not_know_the_dose_nobody_is_to_stop(inside, mailed, taper, prescriber, at):
    stop_taper(actor=prescriber, taper=taper, on=may(4), reason="Trial", at=at)

    said = text(inside.get(mailed))

    assert "Call us and ask which dose to take." in said
    assert "Do not stop your tablets early or all at once." in said


def test_a_wrong_birth_date_is_asked_again_with_what_was_typed(phone, taper, mailed):
    typed = {"day": "13", "month": "March", "year": "1958"}

    said = phone.post(mailed, typed).content.decode()

    for value in typed.values():
        assert f'value="{value}"' in said


def test_at_the_end_the_emergency_words_stay(inside, mailed, taper, nurse, now):
    for number, step in enumerate(taper.revisions.get().steps.order_by("number"), start=1):
        report_step(
            actor=nurse,
            taper=taper,
            step_number=number,
            outcome="TAKEN",
            taken_on=step.starts_on,
            reported_by="STAFF",
            at=morning_of(step.starts_on),
        )

    said = text(inside.get(mailed))

    assert "You take no prednisone tablets any more." in said
    assert "Do not stop your tablets" not in said
    assert "Call emergency services now" in said


def test_the_last_step_asks_whether_the_patient_stopped(phone, patient, taper, nurse, now):
    steps = list(taper.revisions.get().steps.order_by("number"))
    for step in steps[:-1]:
        report_step(
            actor=nurse,
            taper=taper,
            step_number=step.number,
            outcome="TAKEN",
            taken_on=step.starts_on,
            reported_by="STAFF",
            at=morning_of(step.starts_on),
        )
    last_day = steps[-1].starts_on
    now.to(morning_of(last_day))
    mailed = path_for(patient=patient, reminder_id=uuid4(), day=last_day)

    shown = phone.post(mailed, BIRTH, follow=True)
    assert "No prednisone tablets any more Have you stopped? I stopped today" in text(shown)
    phone.post(f"{mailed}/changed", answer_on(shown, taken_on=last_day.isoformat()))

    assert "You have reached the end of your plan" in text(phone.get(mailed))


# A problem ---------------------------------------------------------------------------------------


def test_a_red_flag_tells_whom_to_call_now_and_the_team(inside, mailed, patient, prescriber):
    form = {"form": hidden(inside.get(f"{mailed}/symptoms"), "form"), "answer": "some"}

    for _ in range(3):
        response = inside.post(f"{mailed}/symptoms", form | {"symptom": ["FAINTING"]}, follow=True)

    said = text(response)
    assert "Call emergency services now" in said
    assert "Call 911" in said
    assert patient.clinic.phone in said
    assert SymptomReport.objects.get().red_flag
    assert TeamTask.objects.get().kind == TaskKind.RED_FLAG
    assert Reminder.objects.filter(kind="RED_FLAG").count() == 1
    home = text(inside.get(mailed))
    assert "You told us that you are very unwell" in home
    assert "Have you changed" not in home


def test_a_ticked_box_counts_whichever_button_is_pressed(inside, mailed):
    inside.post(f"{mailed}/symptoms", {"symptom": "CONFUSION", "answer": "none"})

    assert SymptomReport.objects.get().red_flag


def test_none_of_these_leads_on_and_nothing_asks_again(inside, mailed):
    assert inside.post(f"{mailed}/symptoms", {"answer": "none"}).url == f"{mailed}/about"
    assert inside.post(f"{mailed}/unwell", {"answer": "none"}).url == f"{mailed}/other"
    assert inside.post(f"{mailed}/other", {"answer": "none"}).url == f"{mailed}/question"
    assert inside.post(f"{mailed}/symptoms", {"answer": "some"}).status_code == 400
    assert not SymptomReport.objects.exists()


def test_minor_symptoms_say_to_call_today(inside, mailed):
    ticked = {"symptom": ["FATIGUE", "NAUSEA"], "answer": "some"}

    response = inside.post(f"{mailed}/unwell", ticked, follow=True)

    assert "Call your care team today" in text(response)
    assert "Do not lower your dose and do not stop your tablets" in text(response)
    assert "If you have a sick-day plan, follow it." in text(response)
    assert SymptomReport.objects.get().symptoms == ["FATIGUE", "NAUSEA"]
    assert TeamTask.objects.get().kind == TaskKind.CALL_PATIENT


def test_the_dose_is_not_shown_without_what_was_told_until_the_team_has_called(
    inside, mailed, patient, nurse, at
):
    inside.post(f"{mailed}/unwell", {"symptom": ["FATIGUE"], "answer": "some"})

    assert "Do not lower your dose" in text(inside.get(mailed))

    close_tasks(actor=nurse, clinic=patient.clinic, key=f"symptoms:{patient.pk}", at=at)
    assert "Do not lower your dose" not in text(inside.get(mailed))


def test_the_next_dose_is_not_announced_to_who_is_told_not_to_lower_it(inside, mailed, taper):
    inside.post(f"{mailed}/changed", answer_on(inside.get(mailed), taken_on="2026-05-04"))
    assert "From Monday 11 May 2026" in text(inside.get(mailed))

    inside.post(f"{mailed}/unwell", {"symptom": ["FATIGUE"], "answer": "some"})

    assert "From Monday 11 May 2026" not in text(inside.get(mailed))


def test_the_question_about_dangerous_signs_has_the_number_to_call(inside, mailed):
    assert b'href="tel:911"' in inside.get(f"{mailed}/symptoms").content
    assert b'href="tel:911"' not in inside.get(f"{mailed}/unwell").content


def test_a_problem_in_own_words_reaches_the_team_once(inside, mailed):
    form = {"form": str(uuid4()), "note": "No 5 mg tablets left"}

    for _ in range(2):
        response = inside.post(f"{mailed}/question", form, follow=True)

    assert "We will call you" in text(response)
    assert SymptomReport.objects.get().note == "No 5 mg tablets left"
    assert StepReport.objects.get().outcome == "PROBLEM"
    assert {task.kind for task in TeamTask.objects.all()} == {"CALL_PATIENT", "STEP_PROBLEM"}


@pytest.mark.parametrize("note", ["", "   ", "x" * 501, "a\x00b"])
def test_words_that_cannot_be_taken_are_asked_again(inside, mailed, note):
    assert inside.post(f"{mailed}/question", {"note": note}).status_code == 400
    assert not SymptomReport.objects.exists()


def test_an_unknown_box_is_refused(inside, mailed):
    response = inside.post(f"{mailed}/symptoms", {"symptom": "HEADLESS"})

    assert response.status_code == 409
    assert not SymptomReport.objects.exists()


def test_what_the_patient_does_is_on_the_trail_as_the_patients(inside, mailed):
    inside.post(f"{mailed}/symptoms", {"symptom": "FAINTING"})

    mine = AuditEvent.objects.filter(system="patient link").values_list("event", flat=True)
    assert {"LINK_OPENED", "SYMPTOMS_REPORTED", "PATIENT_CHANGED", "TASK_OPENED"} <= set(mine)


# Contact -----------------------------------------------------------------------------------------


def test_the_patient_chooses_how_much_a_mail_says(inside, mailed, patient):
    inside.post(f"{mailed}/contact", {"mail": "DETAILS"})

    consent = standing_consent(patient=patient)
    assert (consent.content, consent.recorded_by) == ("DETAILS", None)
    assert Consent.objects.count() == 2
    inside.post(f"{mailed}/contact", {"mail": "DETAILS"})
    assert Consent.objects.count() == 2


def test_no_mail_asks_the_team_to_call_and_ends_no_care(inside, mailed, patient, taper):
    inside.post(f"{mailed}/contact", {"mail": "OFF"})

    assert standing_consent(patient=patient) is None
    assert TeamTask.objects.get().kind == TaskKind.NO_CHANNEL
    taper.refresh_from_db()
    assert taper.status == "ACTIVE"


def test_a_choice_that_is_none_is_asked_again(inside, mailed, patient):
    assert inside.post(f"{mailed}/contact", {"mail": "PIGEON"}).status_code == 400
    assert standing_consent(patient=patient).content == "MINIMAL"


def test_one_click_unsubscribes_without_cookies_or_birth_date(patient, taper, mailed):
    mail_program = Client(enforce_csrf_checks=True)

    for _ in range(2):
        response = mail_program.post(
            f"{mailed}/unsubscribe",
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )

    assert response.status_code == 200
    consent = Consent.objects.get()
    assert (consent.is_standing, consent.withdrawn_by) == (False, None)
    assert TeamTask.objects.get().kind == TaskKind.NO_CHANNEL
    taper.refresh_from_db()
    assert taper.status == "ACTIVE"
    assert patient.given_name not in response.content.decode()


def test_whoever_agreed_on_a_day_that_has_not_begun_where_they_live_can_unsubscribe(
    patient, taper, mailed, at
):
    """The team wrote down its own day; in the evening of the day before, no mail is wanted."""
    tomorrow = at.date() + timedelta(days=1)
    Consent.objects.update(given_on=tomorrow)

    response = Client(enforce_csrf_checks=True).post(
        f"{mailed}/unsubscribe", {"List-Unsubscribe": "One-Click"}
    )

    assert response.status_code == 200
    consent = Consent.objects.get()
    assert (consent.is_standing, consent.withdrawn_on) == (False, tomorrow)


def test_another_post_there_unsubscribes_nobody(patient, mailed):
    assert Client().post(f"{mailed}/unsubscribe").status_code == 400
    assert standing_consent(patient=patient)


def test_no_word_of_the_pages_is_one_we_do_not_use(inside, mailed):
    for place in PLACES:
        said = text(inside.get(mailed + place)).lower()
        for word in ("recommend", "safe", "successful", "!"):
            assert word not in said


def test_a_form_that_was_open_for_too_long_is_answered_to_a_patient_and_not_to_the_team(
    taper, mailed
):
    browser = Client(enforce_csrf_checks=True, headers={"accept-language": "de"})

    response = browser.post(mailed, BIRTH)

    assert response.status_code == 403
    assert "Öffnen Sie den Link in unserer E-Mail noch einmal." in response.content.decode()
    assert 'href="/"' not in response.content.decode()
    assert response["Referrer-Policy"] == "no-referrer"
