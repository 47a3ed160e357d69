from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from patients.instruments.items import items_of
from patients.models import Assessment
from tests.factories import AssessmentFactory, MeasurementFactory

FULL = {
    "assessed_on": "2026-05-04",
    "rater": "Kim Nurse",
    "mmt8": "68",
    "ibmfrs": "31",
    "ck": "420",
    "ck_limit": "200",
}


@pytest.fixture
def form_of(patient) -> str:
    return f"/patients/{patient.pk}/visits/new"


def test_every_field_shows_when_it_was_measured_last(nurse_client, form_of, patient):
    visit = AssessmentFactory(patient=patient)
    MeasurementFactory(assessment=visit, code="IBMFRS", value=Decimal(33), unit="{score}")

    groups = nurse_client.get(form_of).context["groups"]

    last = {entry.label: entry.last for group in groups for entry in group.entries}
    assert last["IBM functional rating scale"].startswith("33 of 40 on ")
    assert last["6-minute walk"] == "not measured yet"


def test_a_summary_comes_before_anything_is_stored(nurse_client, form_of):
    response = nurse_client.post(form_of, FULL | {"do": "check"})

    assert [(row.name, row.value, row.last) for row in response.context["rows"]] == [
        ("Strength, MMT8 of one side", "68 of 80", "first time"),
        ("IBM functional rating scale", "31 of 40", "first time"),
        ("Creatine kinase", "420 U/L", "first time"),
    ]
    assert response.context["rows"][2].detail == "2.1 × the upper limit of 200 U/L"
    assert response.context["missing"] == ""
    assert not Assessment.objects.exists()


def test_the_summary_stores_what_it_showed(nurse_client, form_of, patient):
    shown = nurse_client.post(form_of, FULL | {"do": "check"}).context["sent"]

    answer = nurse_client.post(form_of, shown | {"do": "store"})

    visit = Assessment.objects.get(patient=patient)
    assert answer["Location"] == f"/patients/{patient.pk}"
    assert {row.code: row.value for row in visit.measurements.all()} == {
        "MMT8": 68,
        "IBMFRS": 31,
        "CK": 420,
    }


def test_a_walk_of_ten_metres_is_told_as_speed_too(nurse_client, form_of):
    rows = nurse_client.post(form_of, FULL | {"walk_10_m": "18", "do": "check"}).context["rows"]

    [walk] = [row for row in rows if row.name == "10-metre walk"]
    assert (walk.value, walk.detail) == ("18 s", "0.56 m/s")


def test_the_hint_of_a_timed_walk_asks_for_nothing_that_has_no_field(nurse_client, form_of):
    said = nurse_client.get(form_of).content.decode()

    assert "Write arms used, aid and chair height into the visit&#x27;s note." in said


def test_a_visit_that_is_not_full_says_what_it_lacks(nurse_client, form_of):
    only_mmt = {"assessed_on": "2026-05-04", "rater": "Kim", "mmt8": "68", "do": "check"}

    assert nurse_client.post(form_of, only_mmt).context["missing"] == "function and CK"


def test_an_unlikely_value_is_asked_about_stored_when_confirmed_and_asked_anew_when_changed(
    nurse_client, form_of, patient
):
    heavy = FULL | {"weight": "165"}

    unanswered = nurse_client.post(form_of, heavy | {"do": "store"})
    [doubt] = unanswered.context["doubts"]
    changed = nurse_client.post(
        form_of, heavy | {"weight": "166", doubt.field: doubt.value, "do": "store"}
    )
    assert not Assessment.objects.exists()
    nurse_client.post(
        form_of, unanswered.context["sent"] | {doubt.field: doubt.value, "do": "store"}
    )

    assert "165 kg is unlikely" in doubt.said[0]
    assert unanswered.context["asked_before"]
    assert changed.context["doubts"][0].said[0].startswith("Body weight 166 kg")
    row = Assessment.objects.get(patient=patient).measurements.get(code="WEIGHT")
    assert (row.value, row.confirmed) == (165, True)
    shown = nurse_client.get(f"/patients/{patient.pk}/visits/{row.assessment_id}").content.decode()
    assert "Unlikely, and confirmed when it was recorded." in shown


def test_a_value_that_jumps_from_the_last_visit_is_asked_about(nurse_client, form_of, patient):
    visit = AssessmentFactory(patient=patient)
    MeasurementFactory(assessment=visit, code="MMT8", value=Decimal(20), unit="{score}")

    [doubt] = nurse_client.post(form_of, FULL | {"do": "check"}).context["doubts"]

    assert doubt.said == (
        "Strength, MMT8 of one side was 20 before and is 68 now. Please confirm.",
    )


def test_the_ten_items_give_the_total_also_without_a_script(nurse_client, form_of, patient):
    items = {item.code.lower(): "3" for item in items_of("IBMFRS")}
    visit = {name: value for name, value in FULL.items() if name != "ibmfrs"}

    nurse_client.post(form_of, visit | items | {"do": "store"})

    rows = Assessment.objects.get(patient=patient).measurements
    assert rows.get(code="IBMFRS").value == 30
    assert rows.filter(code__startswith="IBMFRS_").count() == 10


def test_a_total_that_is_not_the_sum_is_said_beside_it(nurse_client, form_of):
    items = {item.code.lower(): "3" for item in items_of("IBMFRS")}

    form = nurse_client.post(form_of, FULL | items | {"do": "store"}).context["form"]

    assert form.errors["ibmfrs"] == [
        "The items of IBM functional rating scale add up to 30; 31 was given."
    ]
    assert form["ibmfrs_9_walking"].value() == "3"


def test_ck_in_microkatals_shows_what_was_written_and_what_it_was_converted_to(
    nurse_client, form_of, patient
):
    given = FULL | {"ck": "7.1", "ck_limit": "3.2", "ck_unit": "ukat/L", "do": "store"}

    nurse_client.post(form_of, given)

    visit = Assessment.objects.get(patient=patient)
    shown = nurse_client.get(f"/patients/{patient.pk}/visits/{visit.pk}").content.decode()
    correct = nurse_client.get(f"/patients/{patient.pk}/visits/{visit.pk}/correct")
    assert "426 U/L" in shown
    assert "written as 7.1 \u00b5kat/L, upper limit 3.2" in shown
    fields = {name: correct.context["form"][name].value() for name in ("ck", "ck_limit", "ck_unit")}
    assert fields == {"ck": "7.1", "ck_limit": "3.2", "ck_unit": "ukat/L"}


def test_laboratory_results_are_entered_in_a_form_of_their_own(nurse_client, form_of, patient):
    lab = f"{form_of}?kind=LABORATORY"
    blood = {
        "assessed_on": "2026-05-04",
        "rater": "Lab",
        "platelets": "140",
        "platelets_lower": "150",
        "alt": "31",
        "alt_limit": "40",
        "morning_cortisol": "310",
        "morning_cortisol_hours": "25",
        "morning_cortisol_oestrogen": "no",
    }

    page = nurse_client.get(lab)
    opened = page.context["groups"]
    answer = nurse_client.post(lab, blood | {"do": "store"})

    assert [group.title for group in opened][:2] == ["Muscle enzyme", "Blood counts"]
    assert "Day of the sample" in page.content.decode()
    assert answer.status_code == 302
    visit = Assessment.objects.get(patient=patient)
    assert visit.measurements.get(code="PLATELETS").lower_limit == 150
    shown = nurse_client.get(f"/patients/{patient.pk}/visits/{visit.pk}").content.decode()
    assert "below the lower limit of 150 ×10⁹/L" in shown
    assert "Above 300 nmol/L. The guideline takes this as recovery" in shown
    assert "recommendation 2.7" in shown
    assert "It is not noted" not in shown


def test_a_count_of_cells_without_the_laboratorys_limit_is_refused(nurse_client, form_of):
    form = nurse_client.post(form_of, FULL | {"neutrophils": "2.1"}).context["form"]

    assert "lower limit" in form.errors["neutrophils_lower"][0]


def test_a_form_that_does_not_exist_is_not_there(nurse_client, form_of):
    assert nurse_client.get(f"{form_of}?kind=HOLIDAY").status_code == 404


def test_a_u_says_that_it_could_not_be_done(nurse_client, form_of, patient):
    nurse_client.post(form_of, FULL | {"tug": "u", "do": "store"})

    assert Assessment.objects.get(patient=patient).measurements.get(code="TUG").state == "UNABLE"


def test_a_correction_keeps_what_the_form_cannot_show(nurse_client, form_of, patient):
    nurse_client.post(form_of, FULL | {"do": "store"})
    visit = Assessment.objects.get(patient=patient)
    MeasurementFactory(assessment=visit, position=50, code="MMT8", side="LEFT", value=Decimal(60))
    correct = f"/patients/{patient.pk}/visits/{visit.pk}/correct"

    opened = nurse_client.get(correct)
    nurse_client.post(correct, FULL | {"reason": "Typed wrongly", "do": "store"})

    assert opened.context["carried"] == ["Strength, MMT8 of one side, left: 60 of 80"]
    second = Assessment.objects.get(corrects=visit)
    assert second.measurements.filter(code="MMT8").count() == 2


def test_unable_is_recorded_as_such_and_not_as_zero(nurse_client, form_of, patient):
    nurse_client.post(form_of, FULL | {"tug_unable": "on", "do": "store"})

    row = Assessment.objects.get(patient=patient).measurements.get(code="TUG")
    assert (row.value, row.state) == (None, "UNABLE")


def test_muscles_keep_their_raw_grades_with_side_and_scale(nurse_client, form_of, patient):
    grades = {"mmt_scale": "MRC_EXPANDED", "quadriceps.right": "4-", "neck_flexors.midline": "5"}

    nurse_client.post(form_of, FULL | grades | {"do": "store"})

    rows = Assessment.objects.get(patient=patient).measurements.exclude(muscle="")
    assert {(row.muscle, row.side, row.grade, row.scale) for row in rows} == {
        ("QUADRICEPS", "RIGHT", "4-", "MRC_EXPANDED"),
        ("NECK_FLEXORS", "MIDLINE", "5", "MRC_EXPANDED"),
    }


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"mmt8": "81"}, "mmt8", "0 to 80"),
        ({"mmt8": "-1"}, "mmt8", "number"),
        ({"mmt8": "1e3"}, "mmt8", "number"),
        ({"mmt8": "NaN"}, "mmt8", "number"),
        ({"mmt8": "٣"}, "mmt8", "number"),
        ({"ck_limit": ""}, "ck_limit", "upper limit"),
        ({"tug": "12", "tug_unable": "on"}, "tug", "not both"),
        ({"quadriceps.right": "4"}, "mmt_scale", "scale"),
        ({"mmt_scale": "MRC", "quadriceps.right": "9"}, "quadriceps.right", "grades"),
        ({"assessed_on": "2027-01-01"}, "assessed_on", "between"),
        ({"rater": ""}, "rater", "required"),
    ],
)
def test_a_value_out_of_range_is_said_beside_its_field_and_nothing_is_lost(
    nurse_client, form_of, given, field, said
):
    response = nurse_client.post(form_of, FULL | given | {"do": "store"})

    assert said in " ".join(response.context["form"].errors[field])
    assert response.context["form"]["ibmfrs"].value() == "31"
    assert not Assessment.objects.exists()


def test_a_visit_without_a_measurement_is_refused(nurse_client, form_of):
    empty = {"assessed_on": "2026-05-04", "rater": "Kim", "do": "store"}

    said = nurse_client.post(form_of, empty).context["form"].non_field_errors()

    assert said == ["Enter at least one measurement."]


def test_the_form_saves_itself_as_a_draft_and_forgets_it_when_stored(
    nurse_client, form_of, patient
):
    said = nurse_client.post(f"/patients/{patient.pk}/visits/draft", {"mmt8": "68", "evil": "x"})
    again = nurse_client.get(form_of)
    nurse_client.post(form_of, FULL | {"do": "store"})
    fresh = nurse_client.get(form_of)

    assert said.content.decode() == "Kept as a draft, 10:00."
    assert again.context["form"]["mmt8"].value() == "68"
    assert not fresh.context["kept"]
    assert not fresh.context["form"]["mmt8"].value()


def test_a_draft_outlives_the_session_and_is_nobody_elses(
    nurse_client, client_of, nurse, prescriber_client, form_of, patient
):
    nurse_client.post(form_of, FULL | {"mmt8": "99", "do": "check"})
    nurse_client.logout()

    again = client_of(nurse).get(form_of)
    another = prescriber_client.get(form_of)

    assert again.context["form"]["mmt8"].value() == "99"
    assert again.context["kept"]
    assert not another.context["kept"]


def test_a_draft_is_thrown_away_on_request(nurse_client, form_of):
    nurse_client.post(form_of, FULL | {"do": "check"})
    nurse_client.post(form_of, {"do": "discard"})

    assert not nurse_client.get(form_of).context["kept"]


@pytest.mark.parametrize("day", ["2026-05-05", "1899-12-31"])
def test_a_day_that_cannot_be_is_refused_before_anything_is_looked_over(
    nurse_client, form_of, patient, day
):
    wrong = nurse_client.post(form_of, FULL | {"assessed_on": day, "do": "check"})
    assert "The date must lie between" in wrong.context["form"].errors["assessed_on"][0]
    assert "rows" not in wrong.context

    nurse_client.post(form_of, FULL | {"do": "store"})
    correct = f"/patients/{patient.pk}/visits/{Assessment.objects.get().pk}/correct"
    again = FULL | {"assessed_on": day, "reason": "Another day", "do": "check"}
    assert "assessed_on" in nurse_client.post(correct, again).context["form"].errors


def test_a_value_out_of_range_is_told_in_the_unit_of_the_form(nurse_client, form_of):
    far = {"bp_systolic": "300", "platelets": "-3", "platelets_lower": "7"}
    errors = nurse_client.post(form_of, FULL | far | {"do": "check"}).context["form"].errors

    assert errors["bp_systolic"] == ["Blood pressure, systolic: give a number from 60 to 260 mmHg."]
    assert errors["platelets"] == ["Platelets: give a number from 0 to 3000 ×10⁹/L."]


def test_what_is_asked_about_a_value_is_asked_in_the_unit_of_the_form(nurse_client, form_of):
    [doubt] = nurse_client.post(form_of, FULL | {"bp_systolic": "220", "do": "check"}).context[
        "doubts"
    ]

    assert doubt.said == (
        "Blood pressure, systolic 220 mmHg is unlikely; mostly it lies between 85 and 200. "
        "Please confirm.",
    )


@pytest.mark.parametrize("minus", ["-3", "\u22123", "- 3"])
def test_a_value_below_zero_is_refused_with_the_range(nurse_client, form_of, minus):
    errors = nurse_client.post(form_of, FULL | {"tug": minus, "do": "check"}).context["form"].errors

    assert errors["tug"] == ["Timed up and go: give a number from 3 to 300 s."]


CONTRADICTIONS = [
    ("bp_systolic", "95", "bp_diastolic", "110"),
    ("bp_systolic", "95", "bp_diastolic", "95"),
    ("falls_30_d", "1", "falls_30_d_injury", "5"),
]


@pytest.mark.parametrize(("whole", "more", "part", "less"), CONTRADICTIONS)
def test_two_values_that_cannot_both_be_right_are_refused_beside_both(
    nurse_client, form_of, whole, more, part, less
):
    response = nurse_client.post(form_of, FULL | {whole: more, part: less, "do": "check"})

    errors = response.context["form"].errors
    assert errors[whole] == errors[part]
    assert more in errors[whole][0]
    assert "rows" not in response.context


def test_a_contradiction_is_told_together_with_what_else_is_wrong(nurse_client, form_of):
    wrong = {"bp_systolic": "95", "bp_diastolic": "110", "tug": "-3", "do": "check"}

    errors = nurse_client.post(form_of, FULL | wrong).context["form"].errors

    assert set(errors) == {"bp_systolic", "bp_diastolic", "tug"}


def test_what_is_measured_as_two_values_that_agree_is_looked_over(nurse_client, form_of):
    agreed = {"bp_systolic": "96", "bp_diastolic": "95"} | {
        "falls_30_d": "2", "falls_30_d_injury": "2",
    }  # fmt: skip

    assert "rows" in nurse_client.post(form_of, FULL | agreed | {"do": "check"}).context


def test_a_correction_is_a_new_version_with_its_reason(nurse_client, form_of, patient):
    nurse_client.post(form_of, FULL | {"do": "store"})
    first = Assessment.objects.get(patient=patient)
    correct = f"/patients/{patient.pk}/visits/{first.pk}/correct"

    opened = nurse_client.get(correct)
    answer = nurse_client.post(
        correct, FULL | {"mmt8": "58", "reason": "Typed wrongly", "do": "store"}
    )

    second = Assessment.objects.get(corrects=first)
    assert opened.context["form"]["mmt8"].value() == "68"
    assert answer["Location"] == f"/patients/{patient.pk}/visits/{second.pk}"
    assert (second.version, second.reason) == (2, "Typed wrongly")
    assert (
        "This version was corrected"
        in nurse_client.get(f"/patients/{patient.pk}/visits/{first.pk}").content.decode()
    )


def test_a_correction_without_a_reason_is_refused(nurse_client, form_of, patient):
    nurse_client.post(form_of, FULL | {"do": "store"})
    first = Assessment.objects.get(patient=patient)

    response = nurse_client.post(
        f"/patients/{patient.pk}/visits/{first.pk}/correct", FULL | {"do": "store"}
    )

    assert response.context["form"].errors["reason"]


def test_a_visit_is_not_found_under_another_patient(nurse_client, form_of, patient, clinic):
    other = AssessmentFactory(patient__clinic=clinic)

    assert nurse_client.get(f"/patients/{patient.pk}/visits/{other.pk}").status_code == 404


@pytest.mark.parametrize("second_time", [0, 1], ids=["first 01:30", "second 01:30"])
@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_lesson_13_a_visit_in_the_hour_that_comes_twice_keeps_its_day(
    client_of, nurse, form_of, patient, clinic, zone, first, second_time
):
    for each in (clinic, patient):
        each.time_zone = zone
        each.save()
    day = first.date().isoformat()

    with time_machine.travel(first.replace(hour=first.hour + second_time), tick=False):
        browser = client_of(nurse)
        browser.post(form_of, FULL | {"assessed_on": day, "do": "store"})
        stored = Assessment.objects.get(patient=patient)
        shown = browser.get(f"/visits/{stored.pk}").content.decode()

    assert stored.assessed_on == date.fromisoformat(day)
    assert f"{first.day} {first:%b} 2026" in shown or f"{first.day} {first:%B} 2026" in shown


def test_a_refused_laboratory_form_still_asks_in_the_laboratorys_words(nurse_client, form_of):
    wrong = {"assessed_on": "2026-05-04", "rater": "Lab", "albumin": "many"}

    answer = nurse_client.post(f"{form_of}?kind=LABORATORY", wrong)

    said = answer.content.decode()
    assert "Day of the sample" in said
    assert "Which laboratory, or who entered its results." in said
    assert "Who tested strength" not in said
