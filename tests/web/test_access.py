"""Every page, asked for by those who must not see it. The list is checked against the URLs."""

import re
from uuid import uuid4

import pytest
from django.urls import URLPattern, get_resolver

from notifications.models import Reminder
from tapers.models import Infusion, SparingCourse, SparingDose, SparingRevision
from tests.conftest import MONDAY_AT_TEN
from tests.factories import (
    AssessmentFactory,
    KnownFactFactory,
    SteroidExposureFactory,
    TeamTaskFactory,
    UserFactory,
)
from tests.factories_notifications import SendingPauseFactory
from tests.factories_tapers import AlertFactory, StepReportFactory, SymptomReportFactory

OURS = ("tracker.dashboard", "tapers.views", "notifications.views")
NOT_ABOUT_A_ROW = {
    "worklist",
    "worklist-count",
    "clinic",
    "appearance",
    "patients",
    "patient-new",
    "reminders",
    "verify-address",
    "clinic-reminders",
    "alert-budget",
    "clinic-protocol",
    "rules",
    "reminder-test",
    "upcoming",
    "catch-up",
    "clinic-visits",
    "pause-new",
}
FOR_LEADS = {"pause-lift"}
WRITES_ONLY = {
    "visit-draft",
    "alert-acknowledge",
    "alert-check",
    "alert-assign",
    "task-done",
    "verification",
    "pause",
}
LEADS_BACK = {
    "taper-start",
    "taper-activate",
    "consent-withdraw",
}  # when a refused form is reloaded
READS = {
    "patient",
    "sparing",
    "course",
    "follow-up",
    "taper",
    "visit",
    "reminder",
    "taper-new",
}


def pages() -> dict[str, URLPattern]:
    found = {}
    for pattern in _patterns(get_resolver().url_patterns):
        if pattern.callback.__module__.startswith(OURS):
            found[str(pattern.name)] = pattern
    return found


def _patterns(entries):
    for entry in entries:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from _patterns(entry.url_patterns)


ABOUT_A_ROW = sorted(set(pages()) - NOT_ABOUT_A_ROW)


@pytest.fixture
def ids(taper) -> dict[str, object]:
    """One row of each kind, all of the first clinic's patient."""
    patient = taper.patient
    return {
        "patient_id": patient.pk,
        "taper_id": taper.pk,
        "visit_id": AssessmentFactory(patient=patient).pk,
        "exposure_id": SteroidExposureFactory(patient=patient).pk,
        "fact_id": KnownFactFactory(patient=patient, kind="MEDICINE", code="STATIN").pk,
        "alert_id": AlertFactory(taper=taper).pk,
        "task_id": TeamTaskFactory(clinic=patient.clinic, patient=patient).pk,
        "reminder_id": Reminder.objects.filter(patient=patient).first().pk,
        "pause_id": SendingPauseFactory(clinic=patient.clinic).pk,
        "report_id": StepReportFactory(taper=taper).pk,
        "symptom_report_id": SymptomReportFactory(patient=patient).pk,
        "number": 1,
        **ids_of_sparing(patient),
    }


def ids_of_sparing(patient) -> dict[str, object]:
    """Past the services: what is asked of a drug is not what these tests are about."""
    person = UserFactory()
    course = SparingCourse.objects.create(
        patient=patient,
        agent="METHOTREXATE",
        starts_on="2026-05-04",
        created_by=person,
        created_at=MONDAY_AT_TEN,
    )
    revision = SparingRevision.objects.create(
        course=course,
        number=1,
        frequency="ONCE_A_WEEK",
        rulebook_version="1",
        created_by=person,
        created_at=MONDAY_AT_TEN,
    )
    SparingDose.objects.create(revision=revision, number=1, starts_on="2026-05-04", mg=15)
    infusion = Infusion.objects.create(
        patient=patient,
        infused_on="2026-05-04",
        product="Immunoglobulin",
        g_per_kg=2,
        recorded_by=person,
        recorded_at=MONDAY_AT_TEN,
    )
    return {"sparing_id": course.pk, "infusion_id": infusion.pk}


def path_of(name: str, ids: dict[str, object]) -> str:
    route = str(pages()[name].pattern)
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(ids[found[1]]), route)


@pytest.mark.parametrize("name", ABOUT_A_ROW)
def test_what_belongs_to_another_clinic_is_not_there(stranger_client, ids, name):
    path = path_of(name, ids)

    assert stranger_client.get(path).status_code in (404, 405)
    assert stranger_client.post(path, {}).status_code in (404, 405)


@pytest.mark.parametrize("name", ABOUT_A_ROW)
def test_an_id_that_never_was_is_not_there_either(prescriber_client, ids, name):
    nobody = {key: uuid4() if key != "number" else 1 for key in ids}

    assert prescriber_client.get(path_of(name, nobody)).status_code in (404, 405)
    assert prescriber_client.post(path_of(name, nobody), {}).status_code in (404, 405)


@pytest.mark.parametrize("name", sorted(set(pages()) - {"verify-address"}))
def test_nobody_sees_anything_without_logging_in(anonymous_client, ids, name):
    answer = anonymous_client.get(path_of(name, ids))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", ABOUT_A_ROW)
def test_a_member_of_the_clinic_gets_every_page(prescriber_client, client_of, lead, ids, name):
    client = client_of(lead) if name in FOR_LEADS else prescriber_client
    status = client.get(path_of(name, ids)).status_code

    expected = 405 if name in WRITES_ONLY else 302 if name in LEADS_BACK else 200
    assert status == expected


@pytest.mark.parametrize("name", ABOUT_A_ROW)
def test_who_only_reads_gets_reading_pages_and_a_sentence_for_the_others(reader_client, ids, name):
    response = reader_client.get(path_of(name, ids))

    if name in READS:
        assert response.status_code == 200
    elif name in WRITES_ONLY | LEADS_BACK:
        assert response.status_code in (405, 302)
    else:
        assert response.status_code == 403
        assert "may not" in response.content.decode()


def test_the_role_is_named_on_every_page(reader_client, patient):
    said = reader_client.get("/patients").content.decode()

    assert "You work here as read-only." in said


def test_pages_are_never_kept_by_a_browser_of_the_next_person(nurse_client, patient):
    for path in ("/", "/patients", f"/patients/{patient.pk}"):
        assert "no-store" in nurse_client.get(path)["Cache-Control"]


def test_a_page_that_is_not_there_looks_like_one_of_another_clinic(nurse_client, strangers_patient):
    missing = nurse_client.get(f"/patients/{uuid4()}")
    strange = nurse_client.get(f"/patients/{strangers_patient.pk}")

    assert missing.status_code == strange.status_code == 404
    assert _said(missing) == _said(strange)


def test_an_address_that_does_not_exist_is_a_page_too(nurse_client, db):
    response = nurse_client.get("/no/such/page")

    assert response.status_code == 404
    assert "This is not here" in response.content.decode()


def _said(response) -> str:
    main = response.content.decode().split("<main", 1)[1]
    return re.sub(r'value="[^"]*"', "", main)
