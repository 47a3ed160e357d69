"""The page on which a lead says how a clinic reminds, and pauses sending."""

import pytest

from notifications.models import ClinicPolicy, SendingPause
from notifications.selectors import policy_of
from tests.factories_notifications import SendingPauseFactory

PAGE = "/clinic/reminders"
GIVEN = {
    "quiet_from": "21:00",
    "quiet_until": "07:00",
    "step_second_days": "2",
    "step_team_days": "4",
    "step_lead_days": "",
    "visit_second_days": "7",
    "visit_team_days": "14",
    "visit_lead_days": "28",
    "team_mail_on": "EVERY_DAY",
}


@pytest.fixture
def lead_client(client_of, lead):
    return client_of(lead)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_lead_keeps_new_settings_and_the_page_says_who_changed_what(lead_client, clinic):
    answer = lead_client.post(PAGE, GIVEN, follow=True)

    rules = policy_of(clinic)
    assert (rules.quiet_from.hour, rules.step_team_days, rules.step_lead_days) == (21, 4, None)
    said = text_of(answer)
    assert "Quiet hours begin: 20:00 before, 21:00 now." in said
    assert "Dose step: the leads: after 7 days before, never now." in said
    assert "Mail to the team: on working days before, every day now." in said


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"step_team_days": "91"}, "step_team_days"),
        ({"step_team_days": "1e1"}, "step_team_days"),
        ({"step_team_days": "2"}, "step_second_days"),
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"team_mail_on": "NEVER"}, "team_mail_on"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    lead_client, clinic, given, field
):
    response = lead_client.post(PAGE, GIVEN | given)

    form = response.context["form"]
    assert form.errors[field]
    assert form["quiet_until"].value() == "07:00"
    assert not ClinicPolicy.objects.exists()


def test_others_read_the_settings_without_a_form(nurse_client, clinic):
    said = text_of(nurse_client.get(PAGE))

    assert "Dose step: the team" in said
    assert "after 3 days" in said
    assert "Keep these settings" not in said
    assert nurse_client.post(PAGE, GIVEN).status_code == 403


def test_the_holidays_are_those_of_the_clinics_country(nurse_client, clinic):
    assert "Mon 25 May 2026: Memorial Day" in text_of(nurse_client.get(PAGE))

    clinic.country = "ZZ"
    clinic.save()

    assert "No calendar is known for this country (ZZ)." in text_of(nurse_client.get(PAGE))


def test_a_pause_is_confirmed_and_stands_on_the_worklist_until_it_is_lifted(
    lead_client, nurse_client, clinic
):
    asked = {"kind": "", "reason": "A wrong text."}
    unsure = lead_client.post("/clinic/pauses/new", asked)
    assert unsure.context["form"].errors["sure"]
    assert unsure.context["form"]["reason"].value() == "A wrong text."

    lead_client.post("/clinic/pauses/new", asked | {"sure": "on"})
    pause = SendingPause.objects.get()
    assert "“A wrong text.”" in text_of(nurse_client.get("/"))
    assert "Lift this pause" not in text_of(nurse_client.get(PAGE))

    lift = f"/clinic/pauses/{pause.pk}/lift"
    assert "Lift this pause" in text_of(lead_client.get(lift))
    lead_client.post(lift)

    assert "“A wrong text.”" not in text_of(nurse_client.get("/"))
    assert "This pause is over" in text_of(lead_client.get(lift))
    assert "Earlier pauses" in text_of(nurse_client.get(PAGE))


def test_what_must_reach_somebody_is_not_among_what_can_be_paused(lead_client, clinic):
    choices = dict(lead_client.get("/clinic/pauses/new").context["form"].fields["kind"].choices)

    assert "STEP_DAY" in choices
    assert {"RED_FLAG", "ADDRESS_VERIFICATION"}.isdisjoint(choices)


def test_only_a_lead_is_shown_the_pages_that_pause_and_lift(nurse_client, clinic):
    pause = SendingPauseFactory(clinic=clinic)

    for path in ("/clinic/pauses/new", f"/clinic/pauses/{pause.pk}/lift"):
        response = nurse_client.get(path)
        assert response.status_code == 403
        assert "A lead of the clinic may." in text_of(response)


def test_who_works_in_no_clinic_is_told_so(client_of, administrator):
    response = client_of(administrator).get(PAGE)

    assert response.status_code == 403
    assert "not a member of any clinic" in text_of(response)
