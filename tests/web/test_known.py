"""What else is known of a patient, on the patient's page and by its forms."""

from datetime import date

import pytest

from patients.facts import FactKind
from patients.models import KnownFact, SteroidExposure
from patients.selectors import facts_of
from tests.factories import KnownFactFactory, SteroidExposureFactory

MARCH = date(2026, 3, 2)
FORMS = {
    "medicine": {"medicine": "OTHER", "name": "Vitamin D", "from_on": "2026-03-02"},
    "test": {"test": "TPMT", "on": "2026-03-02", "result": "INTERMEDIATE"},
    "fall": {"on": "2026-03-02", "injured": "yes", "note": "On the stairs"},
    "infection": {"infection": "SKIN", "from_on": "2026-03-02"},
    "circumstance": {"circumstance": "REGULAR_ALCOHOL", "answer": "NO", "on": "2026-03-02"},
    "low-dose-reason": {"text": "Beside methotrexate", "from_on": "2026-03-02"},
    "sick-day-plan": {
        "text": "Call us.\nTell staff.",
        "written_by": "Dr Hale",
        "on": "2026-03-02",
        "card_given": "yes",
    },
}
SAID = {
    "medicine": "Vitamin D",
    "test": "TPMT: intermediate metaboliser",
    "fall": "Fall, with injury",
    "infection": "Skin infection",
    "circumstance": "Drinks alcohol regularly: no",
    "low-dose-reason": "Beside methotrexate",
    "sick-day-plan": "Plan by Dr Hale",
}


def shown(client, patient) -> str:
    return client.get(f"/patients/{patient.pk}").content.decode()


def test_a_patient_of_whom_nothing_is_recorded_has_a_page_that_says_so(nurse_client, patient):
    said = shown(nurse_client, patient)

    assert "That is not yet “none”" in said
    assert "Pregnant or planning a pregnancy: not asked" in said
    assert "No fall is recorded." in said


@pytest.mark.parametrize("noun", FORMS)
def test_what_is_recorded_by_its_form_stands_on_the_page(nurse_client, patient, noun):
    answer = nurse_client.post(f"/patients/{patient.pk}/{noun}s/new", FORMS[noun])

    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{patient.pk}#known")
    assert SAID[noun] in shown(nurse_client, patient)


def test_what_was_typed_is_kept_when_it_is_refused(nurse_client, patient):
    typed = {"medicine": "OTHER", "name": "", "from_on": "2026-03-02", "note": "for the bones"}

    answer = nurse_client.post(f"/patients/{patient.pk}/medicines/new", typed)

    said = answer.content.decode()
    assert "Give the name of the medicine." in said
    assert "for the bones" in said
    assert not KnownFact.objects.exists()


def test_an_end_is_asked_for_by_its_day(nurse_client, patient):
    statin = KnownFactFactory(patient=patient, kind="MEDICINE", code="STATIN")
    path = f"/patients/{patient.pk}/known/{statin.pk}/end"

    refused = nurse_client.post(path, {"until_on": "2026-01-01"})
    nurse_client.post(path, {"until_on": "2026-05-01"})

    assert "Give a day after 2026-03-02" in refused.content.decode()
    assert "since Mon 2 Mar 2026 until Fri 1 May 2026" in shown(nurse_client, patient)


def test_a_correction_begins_with_what_is_stored_and_asks_why(nurse_client, patient):
    fall = KnownFactFactory(patient=patient, answer="NO", note="At home")
    path = f"/patients/{patient.pk}/known/{fall.pk}/correct"

    asked = nurse_client.get(path).content.decode()
    without = nurse_client.post(path, FORMS["fall"])
    nurse_client.post(path, FORMS["fall"] | {"reason": "The patient told more"})

    assert "At home" in asked
    assert '<option value="no" selected>' in asked
    assert without.status_code == 200
    [right] = facts_of(patient=patient, kind=FactKind.FALL)
    assert (right.version, right.answer) == (2, "YES")


def test_what_was_entered_in_error_leaves_the_page(nurse_client, patient):
    fall = KnownFactFactory(patient=patient)
    path = f"/patients/{patient.pk}/known/{fall.pk}/in-error"

    asked = nurse_client.get(path).content.decode()
    nurse_client.post(path, {"reason": "Wrong patient"})

    assert "This cannot be undone" in asked
    assert "No fall is recorded." in shown(nurse_client, patient)
    assert "marked as entered in error" in shown(nurse_client, patient)


def test_a_steroid_course_is_corrected_and_taken_back_from_the_page(nurse_client, patient):
    wrong = SteroidExposureFactory(patient=patient)
    path = f"/patients/{patient.pk}/exposure"
    course = {"drug": "PREDNISONE", "daily_mg": "4", "started_on": "2025-11-03"}

    without = nurse_client.post(f"{path}/{wrong.pk}/correct", course)
    nurse_client.post(f"{path}/{wrong.pk}/correct", course | {"reason": "Misread"})
    right = SteroidExposure.objects.get(version=2)

    assert without.status_code == 200
    assert "Prednisone 4 mg a day" in shown(nurse_client, patient)
    nurse_client.post(f"{path}/{right.pk}/in-error", {"reason": "Wrong patient"})
    assert "No steroid treatment before the plan is recorded." in shown(nurse_client, patient)


class TestSickDays:
    def test_the_plan_stands_where_doses_are_shown(self, nurse_client, patient, taper):
        KnownFactFactory(
            patient=patient, kind="SICK_DAY_PLAN", text="Call us.", written_by="Dr Hale"
        )

        for path in (f"/patients/{patient.pk}", f"/tapers/{taper.pk}"):
            said = nurse_client.get(path).content.decode()
            assert "Call us." in said
            assert "Written by Dr Hale, Mon 2 Mar 2026." in said

    def test_where_there_is_none_the_dose_screens_say_so(self, nurse_client, patient, taper):
        for path in (f"/patients/{patient.pk}", f"/tapers/{taper.pk}"):
            assert "No sick-day plan is recorded." in nurse_client.get(path).content.decode()

    @pytest.mark.parametrize(
        ("ended_on", "stands"), [(date(2025, 5, 5), True), (date(2025, 5, 1), False)]
    )
    def test_it_stands_for_a_year_after_the_last_tablet(
        self, nurse_client, patient, ended_on, stands
    ):
        SteroidExposureFactory(patient=patient, started_on=date(2024, 1, 1), ended_on=ended_on)

        assert ("<strong>Sick-day plan</strong>" in shown(nurse_client, patient)) is stands

    def test_who_never_took_a_steroid_is_not_asked_for_one(self, nurse_client, patient):
        assert "<strong>Sick-day plan</strong>" not in shown(nurse_client, patient)


def test_who_only_reads_sees_it_and_no_form(reader_client, patient):
    KnownFactFactory(patient=patient)

    said = shown(reader_client, patient)

    assert "Fall, injury not known" in said
    assert "falls/new" not in said
    assert reader_client.post(f"/patients/{patient.pk}/falls/new", FORMS["fall"]).status_code == 403


def test_many_facts_cost_no_more_queries_than_one(
    nurse_client, patient, django_assert_max_num_queries
):
    KnownFactFactory(patient=patient)
    with django_assert_max_num_queries(60) as few:
        shown(nurse_client, patient)
    KnownFactFactory.create_batch(20, patient=patient)

    with django_assert_max_num_queries(len(few)):
        shown(nurse_client, patient)


@pytest.mark.parametrize(
    ("noun", "chooses", "says"),
    [
        ("medicine", "medicine", "Medicine: choose one of the list."),
        ("test", "test", "Test: choose one of the list."),
        ("infection", "infection", "Infection: choose one of the list."),
        ("circumstance", "answer", "Answer: choose one of the list."),
        ("circumstance", "circumstance", "Question: choose one of the list."),
    ],
)
def test_what_stands_first_in_a_list_is_not_recorded_unread(
    nurse_client, patient, noun, chooses, says
):
    page = f"/patients/{patient.pk}/{noun}s/new"

    untouched = nurse_client.get(page).context["form"][chooses].value()
    answer = nurse_client.post(page, FORMS[noun] | {chooses: ""})

    assert untouched is None
    assert says in answer.content.decode()
    assert not KnownFact.objects.exists()
