"""Walk (a) of the architecture: a taper is started, and every file on the way has done its part.

The page in front of it (urls, view, form) has its own test in tests/web; this one begins at the
service both doors call.
"""

from datetime import date
from decimal import Decimal

import pytest

from notifications.models import Reminder
from patients.models import AuditEvent
from patients.vocabulary import Event
from tapers.domain.dose import Drug
from tapers.errors import NeedsReason
from tapers.models import Alert, DoseStep, PlanRevision, Taper
from tapers.proposal import Proposal
from tapers.selectors import findings_of, plan_of, preview, taper_for
from tapers.services.plans import start_taper
from tests.factories import SteroidExposureFactory

pytestmark = pytest.mark.django_db


def test_a_prescriber_starts_a_taper(prescriber, clinic, patient, at):
    SteroidExposureFactory(patient=patient, started_on=date(2025, 11, 3))
    proposal = Proposal(drug=Drug.PREDNISONE, daily_mg=Decimal(40), starts_on=date(2026, 5, 11))

    seen = preview(actor=prescriber, clinic=clinic, patient=patient, proposal=proposal, at=at)
    _the_preselected_plan_is_shown(seen)
    asked = [each.code for each in seen.findings if each.needs_reason]
    assert asked == ["ADRENAL_RISK", "ASSESS_BASELINE"]

    with pytest.raises(NeedsReason) as refused:
        start_taper(actor=prescriber, patient=patient, proposal=proposal, reasons={}, at=at)
    assert [each.code for each in refused.value.findings] == asked
    assert not Taper.objects.exists()

    reasons = dict.fromkeys(asked, "Talked through on the ward round")
    started = start_taper(
        actor=prescriber, patient=patient, proposal=proposal, reasons=reasons, at=at
    )

    taper = taper_for(actor=prescriber, id=started.pk)
    assert (taper.status, taper.revision, taper.activated_by) == ("ACTIVE", 1, prescriber)
    assert plan_of(taper) == seen.plan
    _the_plan_is_stored(taper)
    _what_the_rulebook_said_is_stored(taper, seen, asked, prescriber)
    _reminders_wait(taper, patient)
    _it_is_on_the_trail(patient)


def _the_preselected_plan_is_shown(seen):
    assert [step.daily_mg for step in seen.plan.steps] == [
        Decimal(mg) for mg in ("30", "20", "10", "7.5", "5", "2.5", "0")
    ]
    assert seen.plan.first_zero_on == date(2026, 7, 6)
    assert not Taper.objects.exists()


def _the_plan_is_stored(taper):
    assert PlanRevision.objects.get(taper=taper).origin == "DRAFTED"
    assert DoseStep.objects.filter(revision__taper=taper).count() == 7


def _what_the_rulebook_said_is_stored(taper, seen, asked, prescriber):
    said = {each.code for each in seen.findings}
    assert {each.code for each in findings_of(taper)} == said
    assert {alert.code for alert in Alert.objects.filter(taper=taper)} == said
    accepted = Alert.objects.filter(acknowledged_by=prescriber)
    assert set(accepted.values_list("code", flat=True)) == set(asked)


def _reminders_wait(taper, patient):
    """Two mails a step and three for want of an answer, and the visit due on the first day."""
    steps = Reminder.objects.filter(source=f"taper:{taper.pk}")
    assert steps.count() == 5 * 7
    assert set(steps.values_list("status", "kind", "audience")) == {
        ("SCHEDULED", "STEP_HEADS_UP", "PATIENT"),
        ("SCHEDULED", "STEP_DAY", "PATIENT"),
        ("SCHEDULED", "STEP_SECOND", "PATIENT"),
        ("SCHEDULED", "STEP_UNANSWERED", "TEAM"),
        ("SCHEDULED", "STEP_ESCALATED", "LEADS"),
    }
    visits = Reminder.objects.filter(source=f"monitoring:{patient.pk}")
    assert set(visits.values_list("kind", "audience")) == {
        ("ASSESSMENT_DUE", "PATIENT"),
        ("ASSESSMENT_DUE", "NURSES"),
        ("ASSESSMENT_OVERDUE", "PATIENT"),
        ("ASSESSMENT_OVERDUE", "NURSES"),
        ("VISIT_SECOND", "PATIENT"),
        ("VISIT_UNANSWERED", "TEAM"),
        ("VISIT_ESCALATED", "LEADS"),
    }
    patient.refresh_from_db()
    assert patient.next_assessment_due_on == date(2026, 5, 11)


def _it_is_on_the_trail(patient):
    events = list(AuditEvent.objects.filter(patient=patient).values_list("event", flat=True))
    assert events.count(Event.TAPER_DRAFTED) == events.count(Event.TAPER_STARTED) == 1
    assert events.count(Event.RULE_OVERRIDDEN) == 2
    assert events.count(Event.REMINDERS_SCHEDULED) == 2
