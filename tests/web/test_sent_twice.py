"""A form that comes twice - a double click, a reload, a slow network - is stored once."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from patients.models import (
    Assessment,
    Consent,
    Diagnosis,
    KeptAnswer,
    KnownFact,
    Membership,
    Patient,
    SteroidExposure,
)
from tapers.models import Infusion, SparingCourse, StepReport, SymptomReport, Taper
from tests.web.test_known import FORMS
from tests.web.test_past_taper import TYPED as PAST_TAPER
from tests.web.test_sparing import METHOTREXATE
from tests.web.test_visits import FULL
from tracker.dashboard.submissions import SENT_TWICE

HIDDEN = re.compile(r'name="submission" value="([0-9a-f-]{36})"')
EXPOSURE = {"drug": "PREDNISONE", "daily_mg": "40", "started_on": "2026-01-01"}
INFUSION = {"infused_on": "2026-05-04", "product": "Immunoglobulin 10 %", "g_per_kg": "2"}
REPORT = {"outcome": "TAKEN", "taken_on": "2026-05-04", "reported_by": "STAFF"}
SYMPTOMS = {"reported_by": "PATIENT", "note": "Slept badly"}
DIAGNOSIS = {"status": "SUSPECTED", "biopsy": "NOT_DONE"}
OF_A_PATIENT = {  # by the form's address: what is typed, what it makes
    **{f"{noun}s/new": (typed, KnownFact) for noun, typed in FORMS.items()},
    "exposure": (EXPOSURE, SteroidExposure),
    "diagnosis": (DIAGNOSIS, Diagnosis),
    "infusions/new": (INFUSION, Infusion),
    "sparing/new": (METHOTREXATE | {"do": "sign"}, SparingCourse),
    "symptoms": (SYMPTOMS, SymptomReport),
}


def submission_in(answer) -> dict[str, str]:
    """The number in the page's form, as the browser sends it back."""
    return {"submission": HIDDEN.search(answer.content.decode())[1]}


def twice(client, path, typed):
    return [client.post(path, typed) for _ in range(2)]


def assert_stored_once(answers, model, *, more=0):
    first, second = answers
    assert first.status_code == 302, first.content.decode()
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert model.objects.count() == 1 + more


@pytest.mark.parametrize("form", OF_A_PATIENT)
def test_a_form_of_a_patient_sent_twice_is_stored_once(prescriber_client, patient, form):
    path = f"/patients/{patient.pk}/{form}"
    typed, model = OF_A_PATIENT[form]
    page = prescriber_client.get(path)
    hidden = submission_in(page)
    if form == "symptoms":
        hidden["form_id"] = str(page.context["form"]["form_id"].value())

    answers = twice(prescriber_client, path, typed | hidden)

    assert_stored_once(answers, model)
    shown = prescriber_client.get(answers[1]["Location"])
    assert (shown.status_code, SENT_TWICE in shown.content.decode()) == (200, True)


def test_a_visit_stored_twice_is_stored_once(nurse_client, patient):
    path = f"/patients/{patient.pk}/visits/new"
    summary = nurse_client.post(path, FULL | {"do": "check"})
    typed = summary.context["sent"] | submission_in(summary) | {"do": "store"}

    assert_stored_once(twice(nurse_client, path, typed), Assessment)


def test_a_step_reported_twice_from_the_worklist_is_no_conflict(nurse_client, taper):
    worklist = submission_in(nurse_client.get("/"))
    typed = REPORT | worklist | {"next": "/"}

    answers = twice(nurse_client, f"/tapers/{taper.pk}/steps/1", typed)

    assert_stored_once(answers, StepReport)
    assert answers[1]["Location"] == "/"


def test_a_finished_taper_is_entered_once(prescriber_client, patient):
    path = f"/patients/{patient.pk}/tapers/past"
    hidden = submission_in(prescriber_client.get(path))

    answers = twice(prescriber_client, path, PAST_TAPER | hidden)

    assert_stored_once(answers, Taper)


def test_a_draft_is_kept_once(prescriber_client, patient):
    path = f"/patients/{patient.pk}/taper/new"
    proposal = {
        "drug": "PREDNISONE",
        "daily_mg": "40",
        "starts_on": "2026-05-04",
        "decrement_mg": "10",
        "interval_days": "7",
        "interval_days_from_10_mg": "7",
        "do": "draft",
    }

    answers = twice(prescriber_client, path, proposal | submission_in(prescriber_client.get(path)))

    assert_stored_once(answers, Taper)


def test_a_patient_is_registered_once(nurse_client, clinic):
    path = "/patients/new"
    typed = {
        "record_number": "MRN-9",
        "given_name": "Ada",
        "family_name": "Rivers",
        "birth_date": "1960-01-01",
        "sex": "FEMALE",
        "time_zone": clinic.time_zone,
        "language": "en",
    }

    answers = twice(nurse_client, path, typed | submission_in(nurse_client.get(path)))

    assert_stored_once(answers, Patient)


def test_consent_is_recorded_once(nurse_client, patient):
    path = f"/patients/{patient.pk}/consent"
    before = Consent.objects.count()
    typed = {"content": "MINIMAL", "given_on": "2026-05-04", "read_out": "on"}

    answers = twice(nurse_client, path, typed | submission_in(nurse_client.get(path)))

    assert_stored_once(answers, Consent, more=before)


# What is another form ----------------------------------------------------------------------------


@pytest.fixture
def falls(patient) -> str:
    return f"/patients/{patient.pk}/falls/new"


def test_the_same_values_in_a_form_opened_anew_are_another_row(nurse_client, falls):
    for _ in range(2):
        nurse_client.post(falls, FORMS["fall"] | submission_in(nurse_client.get(falls)))

    assert KnownFact.objects.count() == 2


def test_a_form_gone_back_to_and_changed_is_stored_too(nurse_client, falls):
    hidden = submission_in(nurse_client.get(falls))

    nurse_client.post(falls, FORMS["fall"] | hidden)
    nurse_client.post(falls, FORMS["fall"] | hidden | {"on": "2026-03-01"})

    assert KnownFact.objects.count() == 2


def test_a_form_that_was_refused_may_come_again(nurse_client, falls):
    hidden = submission_in(nurse_client.get(falls))
    refused = [nurse_client.post(falls, hidden | {"on": "soon"}) for _ in range(2)]

    stored = nurse_client.post(falls, FORMS["fall"] | submission_in(refused[1]))

    assert [each.status_code for each in refused] == [200, 200]
    assert (stored.status_code, KnownFact.objects.count()) == (302, 1)


def test_what_is_worked_out_while_typing_is_no_submission(prescriber_client, patient):
    path = f"/patients/{patient.pk}/taper/new"
    hidden = submission_in(prescriber_client.get(path))

    prescriber_client.post(path, hidden | {"daily_mg": "40"}, headers={"HX-Request": "true"})

    assert not KeptAnswer.objects.exists()


def test_a_number_that_is_none_is_refused(nurse_client, falls):
    answer = nurse_client.post(falls, FORMS["fall"] | {"submission": "1 or 2"})

    assert (answer.status_code, KnownFact.objects.count()) == (400, 0)


def test_of_two_people_with_one_number_each_stores_their_own(
    nurse_client, prescriber_client, falls
):
    typed = FORMS["fall"] | submission_in(nurse_client.get(falls))

    nurse_client.post(falls, typed)
    prescriber_client.post(falls, typed)

    assert KnownFact.objects.count() == 2


def test_who_has_left_the_clinic_is_led_nowhere(nurse_client, nurse, falls):
    typed = FORMS["fall"] | submission_in(nurse_client.get(falls))
    nurse_client.post(falls, typed)
    Membership.objects.filter(user=nurse).update(is_active=False)

    answer = nurse_client.post(falls, typed)

    assert (answer.status_code, KnownFact.objects.count()) == (403, 1)


@pytest.mark.django_db(transaction=True)
def test_of_clicks_at_once_one_stores_and_all_lead_to_it(client_of, nurse, falls):
    """The browser shows the answer to the last click, so the last waits for the first."""
    clients = [client_of(nurse) for _ in range(4)]
    typed = FORMS["fall"] | submission_in(clients[0].get(falls))
    gate = Barrier(len(clients))

    def click(client):
        try:
            gate.wait(timeout=20)
            return client.post(falls, typed)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(click, clients))

    assert [each.status_code for each in answers] == [302] * len(clients)
    assert len({each["Location"] for each in answers}) == 1
    assert KnownFact.objects.count() == 1
