"""Who records a step before the one before it is told which comes first, and gets there."""

from datetime import timedelta

import pytest
import time_machine

from tapers.models import StepReport

TAKEN = {"outcome": "TAKEN", "reported_by": "STAFF"}


def path(taper, number: int) -> str:
    return f"/tapers/{taper.pk}/steps/{number}"


@pytest.fixture
def a_week_later(at):
    with time_machine.travel(at + timedelta(days=7), tick=False):
        yield


def test_the_page_of_a_later_step_offers_the_earlier_one_first(a_week_later, nurse_client, taper):
    page = nurse_client.get(path(taper, 2))

    said = page.content.decode()
    assert "Report step 1 first" in said
    assert "Step 1, planned for Mon 4 May 2026, comes before this one" in said
    assert f'href="{path(taper, 1)}?next={path(taper, 2)}"' in said


def test_a_later_step_is_refused_with_the_way_on(a_week_later, nurse_client, taper):
    page = nurse_client.post(path(taper, 2), TAKEN | {"taken_on": "2026-05-11"})

    assert "Nothing was stored." in page.content.decode()
    assert "Report step 1 first" in page.content.decode()
    assert not StepReport.objects.exists()


def test_from_the_earlier_step_the_way_leads_back_to_the_later_one(
    a_week_later, nurse_client, taper
):
    first = nurse_client.post(
        path(taper, 1), TAKEN | {"taken_on": "2026-05-04", "next": path(taper, 2)}
    )
    page = nurse_client.get(first["Location"])
    nurse_client.post(path(taper, 2), TAKEN | {"taken_on": "2026-05-11"})

    assert first["Location"] == path(taper, 2)
    assert "comes before this one" not in page.content.decode()
    assert StepReport.objects.count() == 2


def test_a_step_passed_over_is_recorded_and_shown_as_not_taken(a_week_later, nurse_client, taper):
    nurse_client.post(path(taper, 1), {"outcome": "NOT_YET", "reported_by": "STAFF"})
    nurse_client.post(path(taper, 2), TAKEN | {"taken_on": "2026-05-11"})

    states = [row.state for row in nurse_client.get(f"/tapers/{taper.pk}").context["steps"]]

    assert states[:2] == ["not taken, said 11 May", "taken 11 May"]


def test_a_step_whose_day_has_come_says_what_it_waits_for(a_week_later, nurse_client, taper):
    def states() -> list[str]:
        steps = nurse_client.get(f"/tapers/{taper.pk}").context["steps"]
        return [row.state for row in steps][:3]

    before = states()
    nurse_client.post(path(taper, 1), TAKEN | {"taken_on": "2026-05-04"})

    assert before == ["late by 7 days", "waits for step 1", ""]
    assert states() == ["taken 4 May", "due today", ""]


def test_of_a_taper_that_is_over_a_step_nobody_answered_for_says_so(
    a_week_later, prescriber_client, taper
):
    ended = {"on": "2026-05-11", "reason": "Moved to a trial"}
    prescriber_client.post(f"/tapers/{taper.pk}/stop", ended)

    steps = prescriber_client.get(f"/tapers/{taper.pk}").context["steps"]

    assert [row.state for row in steps][:3] == ["nothing said", "nothing said", ""]
