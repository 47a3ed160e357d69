from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from patients.facts import FollowUpItem
from tapers.models import Alert
from tapers.services import plans
from tapers.services.course_alerts import evaluate_course
from tapers.services.follow_up import record_follow_ups
from tapers.services.schedule import ask_for_monitoring
from tests.factories import AssessmentFactory, MeasurementFactory, TeamTaskFactory
from tests.factories_tapers import STARTS_ON, AlertFactory


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def page_of(response):
    return response.context["page"]


def test_a_step_due_today_stands_under_due_with_one_next_action(nurse_client, taper):
    response = nurse_client.get("/")

    [group] = [group for group in page_of(response).groups if group.key == "due"]
    [step] = [item for item in group.items if item.kind == "step"]
    assert step.what == "Step 1: 30 mg a day"
    assert step.since == "due today"
    assert step.person.name == "Ada Marlow"
    assert step.action.label == "Record step"


def test_a_step_that_nobody_confirmed_becomes_late(client_of, nurse, taper, at):
    with time_machine.travel(at + timedelta(days=3), tick=False):
        response = client_of(nurse).get("/")

    late = next(group for group in page_of(response).groups if group.key == "late")
    assert [item.since for item in late.items if item.kind == "step"] == ["late by 3 days"]


def test_a_row_can_be_opened_in_place_and_the_step_recorded_from_there(nurse_client, taper):
    answer = nurse_client.post(
        f"/tapers/{taper.pk}/steps/1",
        {
            "outcome": "TAKEN",
            "taken_on": STARTS_ON.isoformat(),
            "reported_by": "PATIENT",
            "next": "/?type=step",
        },
    )

    assert answer.status_code == 302
    assert answer["Location"] == "/?type=step"
    assert taper.reports.get().outcome == "TAKEN"


def test_a_form_never_leads_to_another_site(nurse_client, taper):
    answer = nurse_client.post(
        f"/tapers/{taper.pk}/steps/1",
        {
            "outcome": "TAKEN",
            "taken_on": STARTS_ON.isoformat(),
            "reported_by": "STAFF",
            "next": "https://elsewhere.example/",
        },
    )

    assert answer["Location"] == f"/tapers/{taper.pk}"


def test_the_filter_shows_one_type_and_counts_all(nurse_client, taper):
    page = page_of(nurse_client.get("/?type=visit"))

    assert {item.kind for group in page.groups for item in group.items} == {"visit"}
    assert {chip.value: chip.count for chip in page.chips}["step"] == 1


def test_an_unknown_filter_shows_everything(nurse_client, taper):
    assert page_of(nurse_client.get("/?type=<script>")).chosen == ""


def test_a_draft_waits_for_the_prescriber_and_tells_the_nurse_who_signs(
    prescriber_client, nurse_client, draft
):
    signs = page_of(prescriber_client.get("/?type=draft")).groups[0].items[0]
    looks = page_of(nurse_client.get("/?type=draft")).groups[0].items[0]

    assert (signs.group, signs.action.label) == ("waiting", "Review and sign")
    assert looks.action.label == "Look at it"


def test_a_reported_problem_is_critical(nurse_client, nurse, taper, at):
    plans.report_step(
        actor=nurse,
        taper=taper,
        step_number=1,
        outcome="PROBLEM",
        taken_on=None,
        reported_by="PATIENT",
        at=at,
    )

    critical = next(group for group in page_of(nurse_client.get("/")).groups)

    assert critical.key == "critical"
    assert [item.action.label for item in critical.items] == ["Call"]


def test_a_critical_alert_stands_on_top_of_every_page_about_the_patient(nurse_client, taper):
    AlertFactory(taper=taper, severity="CRITICAL", message="Call this patient today.")

    for path in (
        f"/patients/{taper.patient_id}",
        f"/tapers/{taper.pk}",
        f"/patients/{taper.patient_id}/visits/new",
        f"/patients/{taper.patient_id}/edit",
    ):
        assert "Call this patient today." in text_of(nurse_client.get(path)), path


@pytest.mark.parametrize(
    ("role", "label"), [("nurse", "Look at it"), ("prescriber", "Give a reason")]
)
def test_only_who_may_give_a_reason_is_asked_for_one(request, client_of, taper, role, label):
    AlertFactory(taper=taper, severity="CRITICAL", message="Call this patient today.")

    page = page_of(client_of(request.getfixturevalue(role)).get("/?type=alert"))

    assert [item.action.label for group in page.groups for item in group.items] == [label]


def test_a_reader_sees_the_list_but_no_button_that_would_be_refused(reader_client, taper):
    response = reader_client.get("/?type=step")

    item = page_of(response).groups[0].items[0]
    assert item.action is None
    assert item.why_not == "A nurse or a prescriber records steps."
    assert "Record as taken" not in text_of(response)


def test_checks_of_the_long_run_stand_behind_dose_visit_and_mail(nurse_client, taper):
    [due] = [g for g in page_of(nurse_client.get("/")).groups if g.key == "due"]

    kinds = [item.kind for item in due.items]
    assert "step" in kinds
    assert kinds.index("follow-up") == len(kinds) - 1


def test_nothing_waits_says_what_comes_next(nurse_client, nurse, taper, at):
    plans.report_step(
        actor=nurse,
        taper=taper,
        step_number=1,
        outcome="TAKEN",
        taken_on=STARTS_ON,
        reported_by="STAFF",
        at=at,
    )
    taper.patient.next_assessment_due_on = None
    taper.patient.save()
    record_follow_ups(
        actor=nurse, patient=taper.patient, items=FollowUpItem.values, on=STARTS_ON, at=at
    )

    said = text_of(nurse_client.get("/"))

    assert "Nothing waits" in said
    assert "Next: 1 step in 7 days, Mon 11 May 2026." in said


def test_an_empty_clinic_says_how_to_begin(nurse_client, clinic):
    assert "No taper is running. Register a patient" in text_of(nurse_client.get("/"))


def test_a_person_without_a_clinic_is_told_so(client_of, administrator):
    assert "not a member of any clinic" in text_of(client_of(administrator).get("/"))


def test_the_count_beside_the_word_is_the_number_of_rows(nurse_client, taper):
    page = page_of(nurse_client.get("/"))

    assert nurse_client.get("/worklist/count").content.decode() == str(page.count)


def test_a_task_is_finished_from_its_row(nurse_client, patient):
    task = TeamTaskFactory(clinic=patient.clinic, patient=patient)

    nurse_client.post(f"/tasks/{task.pk}/done", {"note": "Called.", "next": "/"})

    task.refresh_from_db()
    assert task.done_note == "Called."


@pytest.mark.parametrize("path", ["/", "/patients", "/reminders/"])
def test_the_other_clinics_work_is_not_shown(stranger_client, taper, path):
    assert "Marlow" not in text_of(stranger_client.get(path))


def test_switching_the_clinic_is_only_possible_to_ones_own(stranger_client, clinic):
    assert stranger_client.post("/clinic", {"clinic": str(clinic.pk)}).status_code == 404


def measured(patient, day, *codes):
    visit = AssessmentFactory(patient=patient, assessed_on=day)
    for place, code in enumerate(codes):
        MeasurementFactory(assessment=visit, position=place, code=code, value=Decimal(20))


@pytest.fixture
def missed(nurse, taper, at):
    """A visit on the first day, its three parts overdue since; the day on which that is told."""
    measured(taper.patient, STARTS_ON, "MMT8", "IBMFRS", "CK")
    later = at + timedelta(days=60)
    ask_for_monitoring(taper.patient, later)
    evaluate_course(patient=taper.patient, actor=nurse, cause=None, at=later)
    assert Alert.objects.filter(code="ASSESS_OVERDUE", closed_at=None).count() == 3
    with time_machine.travel(later, tick=False):
        yield later


def test_a_missed_visit_is_one_row_that_names_what_is_missing(missed, client_of, nurse):
    page = page_of(client_of(nurse).get("/"))

    rows = [item for group in page.groups for item in group.items]
    [visit] = [item for item in rows if "Strength" in item.what or item.kind == "visit"]
    assert visit.what == "Visit overdue: strength, function and CK, last done Mon 4 May 2026"
    assert (visit.since, visit.action.label) == ("overdue by 4 days", "Record visit")
    assert "3 alerts wait for a reason." in visit.detail
    assert [link.label for link in visit.links] == ["See its alerts"]
    assert not [item for item in rows if item.kind == "alert" and "visit" in item.what.lower()]
    assert page.count == len(rows)


@pytest.fixture
def unconfirmed(nurse, taper, at):
    """The first step, for four days; the day on which its alert is told."""
    later = at + timedelta(days=4)
    evaluate_course(patient=taper.patient, actor=nurse, cause=None, at=later)
    with time_machine.travel(later, tick=False):
        yield Alert.objects.get(code="STEP_LATE", closed_at=None)


def test_a_step_and_the_alert_that_asks_the_same_are_one_row(unconfirmed, client_of, nurse):
    page = page_of(client_of(nurse).get("/"))

    rows = [item for group in page.groups for item in group.items]
    [step] = [item for item in rows if item.kind == "step"]
    assert {unconfirmed.message, "1 alert waits for a reason."} <= set(step.detail)
    assert [link.label for link in step.links] == ["Open the plan", "See its alerts"]
    assert not [item for item in rows if item.what == "Dose step not confirmed"]
    assert client_of(nurse).get("/worklist/count").content == str(page.count).encode()


def test_an_alert_of_another_step_than_the_next_keeps_its_row(unconfirmed, client_of, nurse):
    """As of a step that was taken back while a later one stands as taken."""
    unconfirmed.values |= {"step_number": "7"}
    unconfirmed.save()

    page = page_of(client_of(nurse).get("/"))

    rows = [item for group in page.groups for item in group.items]
    assert [item.what for item in rows if item.kind == "alert"] == ["Dose step not confirmed"]


def test_what_was_measured_since_is_not_named(missed, client_of, nurse, taper):
    measured(taper.patient, missed.date() - timedelta(days=3), "CK")

    page = page_of(client_of(nurse).get("/?type=visit"))

    [visit] = [item for group in page.groups for item in group.items]
    assert visit.what == "Visit overdue: strength and function, last done Mon 4 May 2026"


def test_alerts_of_a_visit_without_a_known_day_are_one_row_too(missed, client_of, nurse, taper):
    taper.patient.next_assessment_due_on = None
    taper.patient.save()

    page = page_of(client_of(nurse).get("/?type=visit"))

    [visit] = [item for group in page.groups for item in group.items]
    assert visit.what == "Visit overdue: strength, function and CK, last done Mon 4 May 2026"


def test_alerts_that_say_one_thing_share_a_row_and_each_keeps_its_reason(
    prescriber_client, patient
):
    of = {"patient": patient, "taper": None, "revision_number": None}
    plan = AlertFactory(**of, code="NO_PLAN", message="No plan for 63 days.")
    dose = AlertFactory(**of, code="DOSE_GT10", severity="CRITICAL", message="40 mg a day.")
    other = AlertFactory(**of, code="MMT_DROP")

    response = prescriber_client.get("/?type=alert")
    page = page_of(response)

    rows = {group.key: [item.what for item in group.items] for group in page.groups}
    assert rows == {"critical": ["Above 10 mg without a plan"], "waiting": ["Strength total fell"]}
    [row] = page.groups[0].items
    assert [each.what for each in row.beside] == ["Steroid without a taper plan"]
    for alert in (plan, dose, other):
        assert f'action="/alerts/{alert.pk}/acknowledge"' in text_of(response)
        assert alert.message in text_of(response)
    assert prescriber_client.get("/worklist/count").content == str(page.count).encode()

    prescriber_client.post(f"/alerts/{dose.pk}/acknowledge", {"reason": "Plan is drafted"})

    left = page_of(prescriber_client.get("/?type=alert")).groups
    assert sorted(item.what for group in left for item in group.items) == [
        "Steroid without a taper plan",
        "Strength total fell",
    ]


def test_a_task_of_no_kind_says_what_there_is_to_do(nurse_client, clinic):
    TeamTaskFactory(
        clinic=clinic,
        patient=None,
        kind="OTHER",
        text="Some reminders could not be sent in time. See those marked 'too late' and call.",
    )

    [row] = page_of(nurse_client.get("/?type=task")).groups[0].items

    assert row.what == "Some reminders could not be sent in time"
    assert row.detail[0].endswith("See those marked 'too late' and call.")
