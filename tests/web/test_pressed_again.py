"""Pressed twice, or from a page that is old: what happened already is said, with by whom."""

import pytest

from patients.models import AuditEvent
from patients.vocabulary import Event
from tapers.models import AlertCheck
from tapers.services import plans
from tapers.services.plans import hold_taper
from tests.web.conftest import REASONS
from tests.web.test_taper_changes import REVISION

ON = {"on": "2026-05-04", "reason": "Fever"}


def said(client, path, typed) -> str:
    return client.post(path, typed, follow=True).content.decode()


def count(*events: Event) -> int:
    return AuditEvent.objects.filter(event__in=events).count()


def named(user, given: str, family: str):
    user.first_name, user.last_name = given, family
    user.save()
    return user


@pytest.fixture
def nurse(nurse):
    return named(nurse, "Kim", "Nurse")


@pytest.fixture
def prescriber(prescriber):
    return named(prescriber, "Pat", "Prescriber")


def test_a_hold_pressed_again_says_who_held_it(nurse_client, prescriber_client, taper):
    nurse_client.post(f"/tapers/{taper.pk}/hold", ON)

    page = said(prescriber_client, f"/tapers/{taper.pk}/hold", ON)

    assert "This taper was put on hold already by Kim Nurse on Mon 4 May 2026." in page
    assert count(Event.TAPER_HELD) == 1


def test_what_no_longer_can_be_says_so_in_the_teams_words(nurse_client, prescriber_client, taper):
    prescriber_client.post(f"/tapers/{taper.pk}/stop", ON)

    for change in ("hold", "revise"):
        typed = REVISION | {"do": "sign"} if change == "revise" else ON
        page = said(prescriber_client, f"/tapers/{taper.pk}/{change}", typed)

        assert "This taper is stopped and cannot be" in page, change
        assert "The last change was made by Pat Prescriber on Mon 4 May 2026." in page, change
        assert "this way" not in page, change


def test_a_draft_activated_again_says_who_signed_it(prescriber_client, draft, prescriber, at):
    plans.activate_taper(actor=prescriber, taper=draft, reasons=REASONS, at=at)

    page = said(prescriber_client, f"/tapers/{draft.pk}/activate", {"revision": "1"})

    assert "This taper was activated already by Pat Prescriber on Mon 4 May 2026." in page
    assert count(Event.TAPER_STARTED) == 1


def test_a_draft_that_was_revised_since_is_read_again_before_it_is_signed(prescriber_client, draft):
    page = prescriber_client.get(f"/tapers/{draft.pk}").content.decode()
    prescriber_client.post(f"/tapers/{draft.pk}/revise", REVISION | {"do": "sign"})
    reasons = {f"reason-{code}": text for code, text in REASONS.items()}
    signed = {"revision": "1", "asked": list(REASONS)} | reasons

    answer = said(prescriber_client, f"/tapers/{draft.pk}/activate", signed)

    assert '<input type="hidden" name="revision" value="1">' in page
    assert "The plan has changed since. Look at it again." in answer
    assert count(Event.TAPER_STARTED) == 0


def test_a_pause_pressed_from_an_old_page_does_not_end_the_pause(
    nurse_client, prescriber_client, patient
):
    pause = f"/patients/{patient.pk}/pause"
    nurse_client.post(pause, {"reason": "In hospital"})

    page = said(prescriber_client, pause, {"reason": "In hospital"})
    still = prescriber_client.get(f"/patients/{patient.pk}").context["paused"]
    ended = said(prescriber_client, pause, {})
    again = said(prescriber_client, pause, {})

    assert "have been paused already by Kim Nurse on Mon 4 May 2026." in page
    assert still == "In hospital"
    assert "Reminders to the patient go out again." in ended
    assert "has ended already by Pat Prescriber on Mon 4 May 2026." in again
    assert count(Event.PATIENT_CHANGED) == 2


def test_a_reason_for_an_alert_is_given_once(prescriber_client, prescriber, draft, at):
    taper = plans.activate_taper(actor=prescriber, taper=draft, reasons=REASONS, at=at)
    alert = taper.alerts.filter(acknowledged_at__isnull=False).first()

    page = said(prescriber_client, f"/alerts/{alert.pk}/acknowledge", {"reason": "Agreed"})

    assert "has already been given by Pat Prescriber on Mon 4 May 2026" in page


def test_an_alert_assigned_again_is_no_second_event_and_a_change_of_hands_is_said(
    nurse_client, prescriber_client, taper, nurse, prescriber
):
    alert = taper.alerts.first()
    alert.closed_at = None
    alert.save(update_fields=["closed_at"])
    mine = {user: str(user.memberships.get().pk) for user in (nurse, prescriber)}
    path = f"/alerts/{alert.pk}/assign"

    first = said(nurse_client, path, {"owner": mine[nurse]})
    again = said(nurse_client, path, {"owner": mine[nurse]})
    other = said(prescriber_client, path, {"owner": mine[prescriber]})

    assert "Kim Nurse looks after the alert now." in first
    assert "Kim Nurse looks after the alert, as before." in again
    assert "Pat Prescriber looks after the alert now, in place of Kim Nurse." in other
    assert count(Event.ALERT_ASSIGNED) == 2


def test_a_look_at_an_alert_sent_twice_is_one_look(prescriber_client, patient, taper):
    alert = taper.alerts.filter(acknowledged_at__isnull=False).first()
    page = prescriber_client.get(f"/patients/{patient.pk}")
    typed = {"note": "Fine", "submission": page.context["submission"].split('value="')[1][:36]}

    for _ in range(2):
        prescriber_client.post(f"/alerts/{alert.pk}/check", typed)

    assert AlertCheck.objects.count() == 1


def test_a_step_reported_again_says_who_reported_it(nurse_client, prescriber_client, taper):
    report = {"outcome": "TAKEN", "taken_on": "2026-05-04", "reported_by": "PATIENT"}
    nurse_client.post(f"/tapers/{taper.pk}/steps/1", report)

    page = said(prescriber_client, f"/tapers/{taper.pk}/steps/1", report)

    assert "already been reported taken, by Kim Nurse on Mon 4 May 2026." in page


def test_a_step_of_a_plan_on_hold_says_what_comes_first(nurse_client, nurse, taper, at):
    hold_taper(actor=nurse, taper=taper, on=at.date(), reason="Fever", at=at)
    report = {"outcome": "TAKEN", "taken_on": "2026-05-04", "reported_by": "PATIENT"}

    page = said(nurse_client, f"/tapers/{taper.pk}/steps/1", report)

    assert "This taper is on hold and cannot be reported on." in page
    assert "A prescriber resumes it first, or stops it." in page
