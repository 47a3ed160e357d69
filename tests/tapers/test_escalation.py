"""A step without an answer: the patient is asked once more, then the team, then the lead."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Reminder
from tapers.selectors import mail_preview, plan_of
from tapers.services.plans import report_step
from tapers.services.reminder_policy import change_reminder_policy
from tests.factories import MembershipFactory
from tests.factories_tapers import TaperFactory
from tests.tapers.story import may, morning_of, taken_before

pytestmark = pytest.mark.django_db
RUNGS = ("STEP_SECOND", "STEP_UNANSWERED", "STEP_ESCALATED")


@pytest.fixture
def lead(clinic):
    return MembershipFactory(clinic=clinic, role="PRESCRIBER", is_lead=True).user


def rungs_of(taper, number):
    rows = Reminder.objects.filter(
        source=f"taper:{taper.pk}", kind__in=RUNGS, status="SCHEDULED", withdrawn_at=None
    )
    return sorted(
        (row.local_date, row.kind, row.audience)
        for row in rows
        if row.context["step_number"] == number
    )


def test_each_step_has_its_rungs_from_the_beginning(taper):
    assert rungs_of(taper, 2) == [
        (may(12), "STEP_SECOND", "PATIENT"),
        (may(14), "STEP_UNANSWERED", "TEAM"),
        (may(18), "STEP_ESCALATED", "LEADS"),
    ]


def test_the_teams_mail_waits_for_a_working_day(taper):
    days = {
        row.local_date
        for row in Reminder.objects.filter(source=f"taper:{taper.pk}", audience="LEADS")
    }

    assert may(25) not in days  # Memorial Day
    assert date(2026, 5, 26) in days
    assert all(day.weekday() < 5 for day in days)


@pytest.mark.parametrize("outcome", ["TAKEN", "NOT_YET", "PROBLEM"])
def test_any_answer_takes_them_away(nurse, taper, outcome):
    taken_before(2, actor=nurse, taper=taper)
    report_step(
        actor=nurse,
        taper=taper,
        step_number=2,
        outcome=outcome,
        taken_on=may(11) if outcome == "TAKEN" else None,
        reported_by="PATIENT",
        at=morning_of(may(11)),
    )

    assert rungs_of(taper, 2) == []


def test_they_can_be_seen_beforehand(nurse, taper):
    seen = mail_preview(
        actor=nurse, patient=taper.patient, plan=plan_of(taper), at=morning_of(may(4))
    )

    assert set(RUNGS) <= {str(mail.kind) for mail in seen}


def test_a_clinic_turns_a_rung_off_and_what_waits_follows(lead, clinic, taper):
    change_reminder_policy(
        actor=lead,
        clinic=clinic,
        changes={"step_second_days": 2, "step_lead_days": None},
        at=morning_of(may(4)) + timedelta(hours=3),
    )

    assert [(day, kind) for day, kind, _ in rungs_of(taper, 2)] == [
        (may(13), "STEP_SECOND"),
        (may(14), "STEP_UNANSWERED"),
    ]


def statements_of(change):
    with CaptureQueriesContext(connection) as queries:
        change()
    return len(queries)


@pytest.mark.postgres  # SQLite takes many rows in several statements
def test_all_patients_of_a_clinic_follow_in_as_many_statements_as_one(lead, clinic, taper):
    def change(days):
        change_reminder_policy(
            actor=lead,
            clinic=clinic,
            changes={"step_team_days": days},
            at=morning_of(may(4)) + timedelta(hours=3),
        )

    change(4)
    alone = statements_of(lambda: change(2))
    others = TaperFactory.create_batch(5, running=True, patient__clinic=clinic)
    change(4)

    assert statements_of(lambda: change(2)) == alone
    assert all(rungs_of(each, 2) for each in others)
