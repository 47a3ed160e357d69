"""A nurse on the telephone writes down what the patient says."""

from uuid import uuid4

import pytest

from patients.models import TeamTask
from patients.vocabulary import TaskKind
from tapers.models import SymptomReport
from tapers.selectors import open_red_flag


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
