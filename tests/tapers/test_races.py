"""What happens when two people act in the same moment; needs a database that really locks."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from notifications.models import Reminder
from patients.errors import Refused
from tapers.models import PlanRevision, StepReport, Taper
from tapers.selectors import plan_of
from tapers.services.plans import activate_taper, draft_taper, report_step, revise_taper
from tests.factories_tapers import FAST
from tests.tapers.story import FORTY_MG, REASONS, may, morning_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*calls):
    """Run the calls in threads that start together; return what each gave or raised."""
    barrier = threading.Barrier(len(calls))
    outcomes = [None] * len(calls)

    def run(place, call):
        try:
            barrier.wait(timeout=20)
            outcomes[place] = call()
        except Exception as fault:
            outcomes[place] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def refusals(outcomes):
    assert all(not isinstance(each, Exception) or isinstance(each, Refused) for each in outcomes)
    return [each.code for each in outcomes if isinstance(each, Refused)]


def test_of_two_activations_for_a_patient_one_wins(prescriber, nurse, patient, at):
    drafts = [draft_taper(actor=nurse, patient=patient, proposal=FORTY_MG, at=at) for _ in range(4)]

    outcomes = at_once(
        *(
            lambda draft=draft: activate_taper(
                actor=prescriber, taper=draft, reasons=REASONS, at=at
            )
            for draft in drafts
        )
    )

    assert refusals(outcomes) == ["ALREADY_ON_TAPER"] * 3
    running = Taper.objects.get(status="ACTIVE")
    sources = set(Reminder.objects.values_list("source", flat=True))
    assert sources == {f"taper:{running.pk}", f"monitoring:{patient.pk}"}


def test_one_draft_is_activated_once(prescriber, draft, at):
    outcomes = at_once(
        *(
            lambda: activate_taper(actor=prescriber, taper=draft, reasons=REASONS, at=at)
            for _ in range(3)
        )
    )

    assert refusals(outcomes) == ["WRONG_STATUS"] * 2


def test_a_step_reported_twice_at_once_moves_the_plan_once(nurse, taper):
    for number, day in ((1, may(4)), (2, may(11)), (3, may(18))):
        report_step(
            actor=nurse,
            taper=taper,
            step_number=number,
            outcome="TAKEN",
            taken_on=day,
            reported_by="STAFF",
            at=morning_of(day),
        )
    outcomes = at_once(
        *(
            lambda: report_step(
                actor=nurse,
                taper=taper,
                step_number=4,
                outcome="TAKEN",
                taken_on=may(28),
                reported_by="STAFF",
                at=morning_of(may(28)),
            )
            for _ in range(3)
        )
    )

    assert refusals(outcomes) == ["ALREADY_REPORTED"] * 2
    assert StepReport.objects.filter(step_number=4).count() == 1
    assert plan_of(Taper.objects.get()).step(5).starts_on == may(28).replace(month=6, day=4)


def test_revisions_made_at_once_are_numbered_one_after_the_other(prescriber, taper):
    outcomes = at_once(
        *(
            lambda mg=mg: revise_taper(
                actor=prescriber,
                taper=taper,
                reason="Slower",
                reasons=REASONS,
                starts_on=may(27),
                daily_mg=Decimal(mg),
                regimen=FAST,
                at=morning_of(may(27)),
            )
            for mg in ("7.5", "10", "12.5")
        )
    )

    assert refusals(outcomes) == []
    assert sorted(PlanRevision.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    waiting = Reminder.objects.filter(
        source=f"taper:{taper.pk}", status="SCHEDULED", local_date__gt=may(28)
    )
    assert {row.revision for row in waiting} == {4}
