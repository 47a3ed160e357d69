"""The pages of steroid-sparing drugs: look first, then sign; the evidence stands on each."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from patients.facts import FactKind
from patients.instruments.reading import check_reading
from tapers.models import Infusion, SparingCourse
from tapers.services.assessments import record_assessment
from tapers.services.facts import record_fact
from tests.factories import KnownFactFactory

EVIDENCE = "did not slow weakness"
METHOTREXATE = {
    "agent": "METHOTREXATE",
    "starts_on": "2026-05-04",
    "start_mg": "15",
    "target_mg": "25",
    "increment_mg": "2.5",
    "every_days": "28",
    "frequency": "ONCE_A_WEEK",
    "weekday": "MONDAY",
    "folic_acid_mg_per_week": "7",
    "dense_after_increase": "on",
}


@pytest.fixture
def path(patient) -> str:
    return f"/patients/{patient.pk}/sparing"


def said(answer) -> str:
    return answer.content.decode()


def test_what_comes_of_it_is_shown_and_not_stored(prescriber_client, path):
    answer = prescriber_client.post(f"{path}/new", METHOTREXATE | {"do": "preview"})

    assert "17.5 mg a week" in said(answer)
    assert "within the protocol" in said(answer)
    assert "Mon 1 Jun 2026" in said(answer)
    assert EVIDENCE in said(answer)
    assert not SparingCourse.objects.exists()


def test_signing_stores_it_and_every_page_shows_the_evidence(prescriber_client, patient, path):
    answer = prescriber_client.post(f"{path}/new", METHOTREXATE | {"do": "sign"})

    assert answer.status_code == 302
    course = SparingCourse.objects.get()
    for page in (path, f"/patients/{patient.pk}", f"/sparing/{course.pk}/revise", f"{path}/new"):
        assert EVIDENCE in said(prescriber_client.get(page))
    assert "Methotrexate, ONCE A WEEK, on Monday" in said(prescriber_client.get(path))
    assert "15 mg a week; 17.5 mg a week from Mon 1 Jun 2026" in said(
        prescriber_client.get(f"/patients/{patient.pk}")
    )


def test_what_the_rules_say_of_the_drug_stands_on_its_page(
    prescriber_client, nurse, patient, path, at
):
    prescriber_client.post(f"{path}/new", METHOTREXATE | {"do": "sign"})
    assert "MTX_TMP_SMX" not in said(prescriber_client.get(path))
    record_fact(
        actor=nurse,
        patient=patient,
        kind=FactKind.MEDICINE,
        given={"medicine": "TRIMETHOPRIM_SULFAMETHOXAZOLE", "from_on": at.date()},
        at=at,
    )

    page = prescriber_client.get(path)

    [row] = [row for row in page.context["findings"] if row.code == "MTX_TMP_SMX"]
    assert row.tone.word == "Critical"
    assert row.sources
    assert row.message in said(page)


def test_taken_daily_asks_for_a_reason_and_keeps_what_was_typed(prescriber_client, path):
    daily = METHOTREXATE | {"frequency": "ONCE_A_DAY", "do": "sign"}

    refused = prescriber_client.post(f"{path}/new", daily)
    reason = {"asked": "MTX_DAILY", "reason-MTX_DAILY": "Agreed for one week"}
    taken = prescriber_client.post(f"{path}/new", daily | reason)

    assert refused.status_code == 409
    assert "MTX_DAILY" in said(refused)
    assert 'value="17.5"' not in said(refused)
    assert 'name="start_mg" value="15"' in said(refused)
    assert taken.status_code == 302


def test_a_refusal_stands_beside_its_field(prescriber_client, path):
    answer = prescriber_client.post(
        f"{path}/new", METHOTREXATE | {"start_mg": "2", "do": "preview"}
    )

    assert answer.context["form"].errors["start_mg"]


def test_all_that_is_refused_is_said_at_once(prescriber_client, path):
    wrong = {"start_mg": "2", "folic_acid_mg_per_week": "90", "unit_confirmed": "on"}

    answer = prescriber_client.post(f"{path}/new", METHOTREXATE | wrong | {"do": "preview"})

    errors = answer.context["form"].errors
    assert set(errors) == {"start_mg", "folic_acid_mg_per_week", "unit_confirmed"}


def test_without_the_reason_of_a_change_its_doses_are_looked_at_too(prescriber_client, path):
    prescriber_client.post(f"{path}/new", METHOTREXATE | {"do": "sign"})
    wrong = {"reason": "", "starts_on": "2026-05-11", "start_mg": "2", "do": "preview"}

    answer = prescriber_client.post(f"/sparing/{SparingCourse.objects.get().pk}/revise", wrong)

    assert set(answer.context["form"].errors) == {"reason", "start_mg"}


def test_the_dose_is_changed_from_a_day_on_and_then_ended(prescriber_client, path):
    prescriber_client.post(f"{path}/new", METHOTREXATE | {"do": "sign"})
    course = SparingCourse.objects.get()
    lower = {
        "reason": "Nausea",
        "starts_on": "2026-05-11",
        "start_mg": "10",
        "frequency": "ONCE_A_WEEK",
        "folic_acid_mg_per_week": "7",
        "do": "sign",
    }

    changed = prescriber_client.post(f"/sparing/{course.pk}/revise", lower)
    shown = said(prescriber_client.get(path))
    ended = prescriber_client.post(
        f"/sparing/{course.pk}/end", {"on": "2026-05-04", "reason": "Nausea"}
    )

    assert (changed.status_code, ended.status_code) == (302, 302)
    assert "15 mg a week; 10 mg a week from Mon 11 May 2026" in shown
    assert "Ended on Mon 4 May 2026: Nausea" in said(prescriber_client.get(path))


def test_an_infusion_is_recorded_by_a_nurse(nurse_client, patient):
    given = {"infused_on": "2026-05-04", "product": "Immunoglobulin 10 %", "g_per_kg": "2"}

    answer = nurse_client.post(f"/patients/{patient.pk}/infusions/new", given)

    assert answer.status_code == 302
    assert Infusion.objects.get().thrombosis_risk is None
    assert "Immunoglobulin 10 %, 2 g a kg" in said(
        nurse_client.get(f"/patients/{patient.pk}/sparing")
    )


@pytest.mark.parametrize(("starts_on", "overdue"), [("2026-04-06", False), ("2026-03-30", True)])
def test_a_blood_test_stands_on_the_worklist_a_week_after_its_day(
    prescriber_client, nurse_client, path, starts_on, overdue
):
    prescriber_client.post(f"{path}/new", METHOTREXATE | {"starts_on": starts_on, "do": "sign"})

    assert SparingCourse.objects.exists()
    assert ("Due since Mon 27 Apr 2026" in said(nurse_client.get("/"))) is overdue


def test_the_tests_before_methotrexate_stand_on_the_worklist_until_they_are_recorded(
    prescriber_client, nurse_client, patient, path
):
    prescriber_client.post(f"{path}/new", METHOTREXATE | {"starts_on": "2026-04-27", "do": "sign"})

    worklist = said(nurse_client.get("/"))
    page = said(nurse_client.get(path))
    for test, result in (
        ("HBSAG", "NEGATIVE"),
        ("ANTI_HBC", "NEGATIVE"),
        ("HEPATITIS_C", "NEGATIVE"),
        ("CHEST_FILM", "NORMAL"),
    ):
        given = {"test": test, "on": "2026-05-04", "result": result}
        assert nurse_client.post(f"/patients/{patient.pk}/tests/new", given).status_code == 302

    assert "Tests before methotrexate overdue" in worklist
    assert "Missing: HBsAg, anti-HBc, hepatitis C and chest film." in worklist
    assert "Once, before the first dose" in page
    assert "Tests before methotrexate overdue" not in said(nurse_client.get("/"))


def test_a_positive_hepatitis_is_read_with_the_tests_and_asked_about(
    prescriber_client, nurse_client, patient, path
):
    prescriber_client.post(f"{path}/new", METHOTREXATE | {"starts_on": "2026-04-27", "do": "sign"})
    new = f"/patients/{patient.pk}/tests/new"

    asked = said(nurse_client.get(new))
    nurse_client.post(new, {"test": "HBSAG", "on": "2026-05-04", "result": "NEGATIVE"})
    nurse_client.post(new, {"test": "ANTI_HBC", "on": "2026-05-04", "result": "POSITIVE"})
    nurse_client.post(new, {"test": "HEPATITIS_C", "on": "2026-05-04", "result": ""})

    assert "Not clear" in asked
    assert "HBsAg and anti-HBc are recorded each for itself" in asked
    assert "which test not recorded" not in asked
    page, worklist = said(prescriber_client.get(path)), said(prescriber_client.get("/"))
    assert "partly done: hepatitis C (result not recorded) and chest film missing" in page
    assert "HBsAg negative, anti-HBc positive" in page
    assert "Anti-HBc positive on 4 May 2026, and methotrexate is given since" in worklist


def test_a_hepatitis_b_of_before_stays_readable_and_can_be_corrected_to_its_test(
    nurse_client, patient
):
    row = KnownFactFactory(patient=patient, kind="TEST", code="HEPATITIS_B", answer="POSITIVE")
    path = f"/patients/{patient.pk}/known/{row.pk}/correct"

    home = said(nurse_client.get(f"/patients/{patient.pk}"))
    form = said(nurse_client.get(path))
    typed = {"on": str(row.from_on), "result": "POSITIVE", "note": "", "reason": "Asked the lab"}
    stored = nurse_client.post(path, typed | {"test": "ANTI_HBC"})

    assert "Hepatitis B (which test not recorded)" in home
    assert "Hepatitis B (which test not recorded)" in form
    assert stored.status_code == 302
    assert "Hepatitis B: anti-HBc" in said(nurse_client.get(f"/patients/{patient.pk}"))


def test_a_blood_test_that_is_partly_done_says_so_on_page_and_worklist(
    prescriber_client, nurse_client, nurse, patient, path
):
    prescriber_client.post(f"{path}/new", METHOTREXATE | {"starts_on": "2026-04-27", "do": "sign"})
    record_assessment(
        actor=nurse,
        patient=patient,
        assessed_on=date(2026, 4, 27),
        rater="Central laboratory",
        readings=[
            check_reading(code=code, value=Decimal(value), unit=unit, **limits)
            for code, value, unit, limits in (
                ("WHITE_CELLS", 6, "10*9/L", {"lower_limit": Decimal(4)}),
                ("ALT", 30, "U/L", {"upper_limit": Decimal(45)}),
                ("CREATININE", 60, "umol/L", {}),
                ("ALBUMIN", 41, "g/L", {}),
            )
        ],
        at=datetime(2026, 5, 4, 15, tzinfo=UTC),
    )

    assert "partly done: neutrophils and platelets missing" in said(nurse_client.get(path))
    assert "Partly done: neutrophils and platelets missing." in said(nurse_client.get("/"))
    assert "calculated, CKD-EPI 2021, from creatinine 60 µmol/L" in said(nurse_client.get(path))


def test_the_course_page_says_what_a_day_means(nurse_client, patient):
    page = said(nurse_client.get(f"/patients/{patient.pk}/course", {"as_of": "2026-05-01"}))

    assert "by the day it happened on and not the day it was typed in" in page


def test_the_mails_of_the_tests_before_a_drug_are_called_so_for_the_team(
    prescriber_client, nurse_client, patient, path
):
    given = METHOTREXATE | {"starts_on": "2026-05-11"}
    preview = said(prescriber_client.post(f"{path}/new", given | {"do": "preview"}))
    prescriber_client.post(f"{path}/new", given | {"do": "sign"})
    reminder = patient.reminders.filter(kind="LAB_DUE", local_date=date(2026, 5, 11)).first()

    pages = {
        "preview": preview,
        "list": said(nurse_client.get("/reminders/")),
        "upcoming": said(nurse_client.get("/reminders/upcoming")),
        "message": said(nurse_client.get(f"/reminders/{reminder.pk}")),
    }

    for name, page in pages.items():
        assert "Tests before the first dose due" in page, name
    assert "On the day of the first dose of a drug that asks for tests once." in pages["message"]


UNMET = METHOTREXATE | {"starts_on": "2026-03-30", "target_mg": "30", "every_days": "14"}


def test_two_findings_of_one_rule_ask_for_one_reason(prescriber_client, path):
    """Blood tests and those before them are late by one rule: two fields would lose a reason."""
    shown = said(prescriber_client.post(f"{path}/new", UNMET | {"do": "preview"}))

    assert shown.count("Laboratory check overdue") > 2
    assert shown.count('name="reason-LAB_OVERDUE"') == 1


def test_the_reason_typed_for_a_rule_is_kept_when_another_is_missing(prescriber_client, path):
    typed = {"do": "sign", "asked": ["LAB_OVERDUE"], "reason-LAB_OVERDUE": "Done elsewhere"}

    answer = prescriber_client.post(f"{path}/new", UNMET | typed)

    assert answer.status_code == 409
    assert said(answer).count("Done elsewhere") == 1


def test_the_form_has_no_drug_chosen_before_somebody_chooses(prescriber_client, path):
    answer = prescriber_client.post(f"{path}/new", METHOTREXATE | {"agent": "", "do": "sign"})

    assert "Drug: choose one of the list." in said(answer)
    assert not SparingCourse.objects.exists()


def test_a_dose_read_back_from_the_record_has_no_zeros_behind_the_point(prescriber_client, path):
    asked = ["LAB_OVERDUE", "MTX_ABOVE_TARGET"]
    reasons = {f"reason-{code}": "Agreed" for code in asked}
    signed = UNMET | reasons | {"asked": asked, "do": "sign"}
    assert prescriber_client.post(f"{path}/new", signed).status_code == 302

    shown = said(prescriber_client.get(path))

    assert "Methotrexate reaches 30 mg after 84 days" in shown


def test_the_head_of_the_patients_page_does_not_pass_over_an_overdue_test(
    prescriber_client, patient, path
):
    reasons = {"reason-LAB_OVERDUE": "Done elsewhere"}
    given = METHOTREXATE | {"starts_on": "2026-04-20"} | reasons | {"do": "sign"}
    assert prescriber_client.post(f"{path}/new", given).status_code == 302

    response = prescriber_client.get(f"/patients/{patient.pk}")

    troubles = [trouble.text for trouble in response.context["troubles"]]
    assert "Blood test with methotrexate overdue" in troubles
    assert "Tests before methotrexate overdue" in troubles
    assert "Blood test overdue since Mon 20 Apr 2026, 14 days ago." in said(response)
    assert "Nothing waits." not in said(response)


def test_without_a_script_each_drugs_own_fields_stand_under_its_name(prescriber_client, path):
    page = said(prescriber_client.get(f"{path}/new"))

    methotrexate, azathioprine = (
        page.index(f"<legend>Only for {drug}</legend>") for drug in ("methotrexate", "azathioprine")
    )
    assert methotrexate < page.index('name="folic_acid_mg_per_week"') < azathioprine
    assert azathioprine < page.index('name="unit_confirmed"')


def test_a_change_of_a_course_asks_nothing_that_belongs_to_another_drug(prescriber_client, path):
    prescriber_client.post(f"{path}/new", METHOTREXATE | {"do": "sign"})
    course = SparingCourse.objects.get()

    page = said(prescriber_client.get(f"/sparing/{course.pk}/revise"))

    assert 'name="folic_acid_mg_per_week"' in page
    assert 'name="unit_confirmed"' not in page
    assert "azathioprine" not in page.split("<form", 2)[-1].casefold()


def test_what_was_changed_after_it_was_worked_out_is_shown_before_it_is_signed(
    prescriber_client, path
):
    shown = prescriber_client.post(f"{path}/new", METHOTREXATE | {"do": "preview"})
    looked_at = {"looked_at": shown.context["form"].entered, "do": "sign"}

    other = prescriber_client.post(f"{path}/new", METHOTREXATE | {"start_mg": "10"} | looked_at)
    not_stored = not SparingCourse.objects.exists()
    same = prescriber_client.post(f"{path}/new", METHOTREXATE | looked_at)

    assert looked_at["looked_at"] in said(shown)
    assert "the entries were changed after they were worked out" in said(other)
    assert "10 mg a week" in said(other)
    assert not_stored
    assert same.status_code == 302
