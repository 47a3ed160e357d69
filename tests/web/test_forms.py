import re
from datetime import date

import pytest

from notifications.models import Reminder
from patients.models import Patient
from tapers.models import Alert

ADA = {
    "given_name": "Ada",
    "family_name": "Okafor",
    "birth_date": "1958-03-14",
    "sex": "FEMALE",
    "record_number": "RN-7",
    "email": "ada@mail.example",
    "phone": "+1 312 555 0142",
    "language": "en",
    "time_zone": "America/Chicago",
}


def test_a_patient_is_registered_and_the_page_opens(coordinator_client, clinic):
    answer = coordinator_client.post("/patients/new", ADA)

    patient = Patient.objects.get(record_number="RN-7")
    assert answer["Location"] == f"/patients/{patient.pk}"
    assert patient.clinic == clinic


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"given_name": ""}, "given_name"),
        ({"given_name": "x" * 61}, "given_name"),
        ({"given_name": "a\x00b"}, "given_name"),
        ({"birth_date": "2027-01-01"}, "birth_date"),
        ({"birth_date": "1850-01-01"}, "birth_date"),
        ({"birth_date": "14.3.1958"}, "birth_date"),
        ({"email": "ada@[127.0.0.1]"}, "email"),
        ({"email": "ada@mail.example\r\nBcc: x@y.z"}, "email"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"sex": "X"}, "sex"),
    ],
)
def test_what_cannot_be_stored_is_said_beside_its_field(coordinator_client, clinic, given, field):
    response = coordinator_client.post("/patients/new", ADA | given)

    assert response.status_code == 200
    assert response.context["form"].errors[field]
    assert response.context["form"]["record_number"].value() == "RN-7"
    assert not Patient.objects.exists()


def test_no_sex_is_chosen_before_somebody_chooses(coordinator_client, clinic):
    page = coordinator_client.get("/patients/new").content.decode()

    assert '<option value="" selected>Choose</option>' in page


def test_of_a_diagnosis_nothing_is_chosen_before_somebody_chooses(nurse_client, patient):
    answer = nurse_client.post(f"/patients/{patient.pk}/diagnosis", {"status": "CONFIRMED"})

    assert set(answer.context["form"].errors) == {"biopsy"}
    assert not patient.diagnoses.exists()


def test_a_record_number_is_taken_once(coordinator_client, clinic):
    coordinator_client.post("/patients/new", ADA)

    response = coordinator_client.post("/patients/new", ADA)

    assert "already" in " ".join(response.context["form"].errors["record_number"])


def test_a_refusal_in_the_form_keeps_focus_and_description_for_screen_readers(
    coordinator_client, clinic
):
    said = coordinator_client.post("/patients/new", ADA | {"given_name": ""}).content.decode()

    assert 'aria-invalid="true"' in said
    assert 'aria-describedby="id_given_name_error"' in said
    assert 'id="id_given_name_error"' in said


def test_what_is_missing_is_named_beside_its_field_and_linked_from_the_top(
    coordinator_client, clinic
):
    missing = {"given_name": "", "birth_date": "", "sex": "", "time_zone": "Mars/Olympus"}

    said = coordinator_client.post("/patients/new", ADA | missing).content.decode()

    for name, sentence in (
        ("given_name", "Given name is required: write something here."),
        ("birth_date", "Date of birth is required: enter a day."),
        ("sex", "Sex is required: choose one of the list."),
        ("time_zone", "Time zone: Choose one of the list."),
    ):
        assert f'<a href="#id_{name}">{sentence}</a>' in said
    assert said.count("Given name is required: write something here.") == 2
    assert "This field is required" not in said
    assert "is not one of the available choices" not in said


def test_what_is_missing_and_what_is_refused_is_said_at_once(coordinator_client, clinic):
    coordinator_client.post("/patients/new", ADA)
    wrong = {"given_name": "", "birth_date": "1850-01-01", "email": "ada@", "phone": "none"}

    answer = coordinator_client.post("/patients/new", ADA | wrong)

    errors = answer.context["form"].errors
    assert set(errors) == {"given_name", "birth_date", "email", "phone", "record_number"}
    assert "is required" in errors["given_name"][0]


def test_of_changed_details_both_are_said_and_the_own_record_number_is_no_fault(
    coordinator_client, clinic
):
    coordinator_client.post("/patients/new", ADA)
    path = f"/patients/{Patient.objects.get().pk}/edit"
    wrong = {"given_name": "", "phone": "none", "status": "ACTIVE"}

    answer = coordinator_client.post(path, ADA | wrong)

    assert set(answer.context["form"].errors) == {"given_name", "phone"}


def test_of_a_fact_both_are_said(nurse_client, patient):
    typed = {"medicine": "", "from_on": "2026-05-01", "until_on": "2026-04-01", "name": ""}

    answer = nurse_client.post(f"/patients/{patient.pk}/medicines/new", typed)
    ahead = nurse_client.post(f"/patients/{patient.pk}/medicines/new", {"from_on": "2027-01-01"})

    assert set(answer.context["form"].errors) == {"medicine", "until_on"}
    assert set(ahead.context["form"].errors) == {"medicine", "from_on"}


def test_a_group_of_boxes_is_linked_at_its_first_box(nurse_client, patient):
    said = nurse_client.post(f"/patients/{patient.pk}/follow-up", {"on": ""}).content.decode()

    assert '<a href="#id_items_0">Looked at: Choose at least one.</a>' in said
    assert '<a href="#id_on">On is required: enter a day.</a>' in said
    assert 'id="id_items_0"' in said


def test_consent_sends_the_mail_that_asks_to_confirm_the_address(coordinator_client, clinic):
    coordinator_client.post("/patients/new", ADA)
    patient = Patient.objects.get()

    answer = coordinator_client.post(
        f"/patients/{patient.pk}/consent",
        {"content": "MINIMAL", "given_on": "2026-05-04", "read_out": "on"},
        follow=True,
    )

    assert "A mail asks the patient to confirm the address." in answer.content.decode()
    assert Reminder.objects.get(patient=patient).kind == "ADDRESS_VERIFICATION"


def test_consent_counts_only_when_the_text_was_read(coordinator_client, patient):
    response = coordinator_client.post(
        f"/patients/{patient.pk}/consent", {"content": "DETAILS", "given_on": "2026-05-04"}
    )

    assert response.context["form"].errors["read_out"]


def test_consent_is_withdrawn_on_the_same_page(coordinator_client, patient):
    coordinator_client.post(
        f"/patients/{patient.pk}/consent/withdraw", {"withdraw-on": "2026-05-04"}
    )

    assert patient.consents.get().withdrawn_on == date(2026, 5, 4)


def test_a_new_address_has_to_be_confirmed_again(coordinator_client, patient):
    page = coordinator_client.get(f"/patients/{patient.pk}/edit")
    typed = {name: page.context["form"][name].value() for name in page.context["form"].fields}

    coordinator_client.post(f"/patients/{patient.pk}/edit", typed | {"email": "new@mail.example"})

    patient.refresh_from_db()
    assert patient.email == "new@mail.example"
    assert patient.email_verified_at is None


def test_a_diagnosis_keeps_unknown_apart_from_no(nurse_client, patient):
    nurse_client.post(
        f"/patients/{patient.pk}/diagnosis",
        {
            "status": "CONFIRMED",
            "confirmed_on": "2026-04-20",
            "biopsy": "DONE",
            "biopsy_on": "2026-04-10",
            "rimmed_vacuoles": "yes",
            "endomysial_inflammation": "no",
            "mitochondrial_changes": "",
        },
    )

    row = patient.diagnoses.get()
    assert (row.rimmed_vacuoles, row.endomysial_inflammation) == (True, False)
    assert row.mitochondrial_changes is None


def test_steroids_before_the_plan_may_begin_on_an_unknown_day(nurse_client, patient):
    nurse_client.post(f"/patients/{patient.pk}/exposure", {"drug": "PREDNISONE", "daily_mg": "40"})

    assert patient.exposures.get().started_on is None


def test_a_dose_of_an_illness_is_marked_and_stays_marked_when_corrected(nurse_client, patient):
    given = {"drug": "PREDNISONE", "daily_mg": "40", "sick_day_dose": "on"}
    nurse_client.post(f"/patients/{patient.pk}/exposure", given)
    row = patient.exposures.get()

    form = nurse_client.get(f"/patients/{patient.pk}/exposure/{row.pk}/correct").content.decode()
    page = nurse_client.get(f"/patients/{patient.pk}").content.decode()

    assert row.sick_day_dose
    assert re.search(r'<input[^>]*name="sick_day_dose"[^>]*checked', form)
    assert "taken because of an illness" in page


@pytest.fixture
def raised(taper):
    """A dose 20 mg above the one the running taper starts from, as it is typed."""
    return {"drug": "PREDNISONE", "daily_mg": "60", "started_on": str(taper.starts_on)}


def test_a_dose_above_the_one_before_asks_for_its_reason_before_it_is_stored(
    nurse_client, patient, raised
):
    path = f"/patients/{patient.pk}/exposure"

    asked = nurse_client.post(path, raised | {"note": "New brand"})
    said = " ".join(asked.content.decode().split())

    assert "Nothing is stored yet." in said
    assert "went up from 40 to 60 mg of prednisone a day" in said
    assert "Why the dose was raised" in said
    assert "New brand" in said
    assert not patient.exposures.exists()

    stored = nurse_client.post(path, raised | {"raise_reason": "Aches from 40 mg on"})
    assert stored.status_code == 302
    assert patient.exposures.get().raise_reason == "Aches from 40 mg on"
    home = nurse_client.get(f"/patients/{patient.pk}").content.decode()
    assert "Raised because: Aches from 40 mg on" in home


def test_a_reason_that_is_not_known_holds_nobody_up_and_the_warning_asks(
    nurse_client, patient, raised
):
    path = f"/patients/{patient.pk}/exposure"
    asked = nurse_client.post(path, raised).content.decode()

    stored = nurse_client.post(path, raised | {"asked": "yes"})

    assert '<input type="hidden" name="asked" value="yes">' in asked
    assert stored.status_code == 302
    alert = Alert.objects.get(patient=patient, code="DOSE_TAKEN_UP")
    assert (alert.severity, alert.is_open) == ("WARNING", True)


@pytest.mark.parametrize(
    "typed",
    [
        {"daily_mg": "40"},
        {"daily_mg": "42"},
        {"sick_day_dose": "on"},
        {"started_on": ""},
        {"started_on": "2020-01-01", "ended_on": "2020-03-01"},
    ],
)
def test_a_dose_that_is_no_rise_asks_nothing(nurse_client, patient, raised, typed):
    answer = nurse_client.post(f"/patients/{patient.pk}/exposure", raised | typed)

    assert answer.status_code == 302


def test_a_correction_is_held_against_what_stood_before_the_wrong_row(
    nurse_client, patient, raised
):
    nurse_client.post(f"/patients/{patient.pk}/exposure", raised | {"raise_reason": "Aches"})
    row = patient.exposures.get()
    path = f"/patients/{patient.pk}/exposure/{row.pk}/correct"

    form = nurse_client.get(path).content.decode()
    asked = nurse_client.post(path, raised | {"daily_mg": "50", "reason": "Misread"})
    lower = nurse_client.post(path, raised | {"daily_mg": "40", "reason": "Misread"})

    assert "Aches" in form
    assert "went up from 40 to 50 mg" in asked.content.decode()
    assert "Misread" in asked.content.decode()
    assert lower.status_code == 302


def test_the_theme_is_remembered_and_nothing_else_is_set(nurse_client, patient):
    answer = nurse_client.post("/appearance", {"theme": "dark", "next": "/patients"})
    odd = nurse_client.post("/appearance", {"theme": "<b>", "next": "//elsewhere.example"})

    assert answer.cookies["theme"].value == "dark"
    assert 'data-bs-theme="dark"' in nurse_client.get("/patients").content.decode()
    assert "theme" not in odd.cookies
    assert odd["Location"] == "/"


def test_a_patient_is_found_by_any_part_of_the_name(nurse_client, patient):
    for words in ("marl", "ada mar", patient.code, patient.record_number):
        rows = nurse_client.get("/patients", {"search": words}).context["rows"]
        assert [row.code for row in rows] == [patient.code], words

    assert (
        "No patient matches."
        in nurse_client.get("/patients", {"search": "nobody"}).content.decode()
    )


@pytest.mark.parametrize("search", ["\x00", "%" * 90, "'; DROP TABLE", "x" * 500])
def test_no_search_breaks_the_list(nurse_client, patient, search):
    assert nurse_client.get("/patients", {"search": search}).status_code == 200


def test_reminders_are_paused_with_a_reason_and_only_a_prescriber_ends_the_pause(
    nurse_client, prescriber_client, patient
):
    pause = f"/patients/{patient.pk}/pause"

    nurse_client.post(pause, {"reason": "In hospital"})
    paused = nurse_client.get(f"/patients/{patient.pk}").context
    nurse_client.post(pause)
    still = nurse_client.get(f"/patients/{patient.pk}").context["paused"]
    prescriber_client.post(pause)

    assert (paused["paused"], paused["contact"].allowed) == ("In hospital", False)
    assert still == "In hospital"
    patient.refresh_from_db()
    assert patient.reminders_paused_at is None


def test_a_form_that_is_too_old_says_so_on_a_page_of_ours(client_of, nurse, patient):
    strict = type(client_of(nurse))(enforce_csrf_checks=True)
    strict.force_login(nurse, backend="django.contrib.auth.backends.ModelBackend")

    response = strict.post(f"/patients/{patient.pk}/edit", {})

    assert response.status_code == 403
    assert "This form is no longer valid" in response.content.decode()
