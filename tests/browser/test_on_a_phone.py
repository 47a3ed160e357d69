"""At the width of a phone no page is wider than the phone, and what scrolls by itself shows it."""

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true; })"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_nothing_scrolls_sideways_with_every_table_open(
    page: Page, live_server, log_in, prescriber, patient, taper, visits
):
    log_in(page, prescriber)
    page.set_viewport_size({"width": 390, "height": 844})

    for path in (
        f"/patients/{patient.pk}",
        f"/patients/{patient.pk}/course",
        f"/tapers/{taper.pk}",
        "/reminders/",
    ):
        page.goto(f"{live_server.url}{path}")
        page.evaluate(OPEN_ALL)

        assert page.evaluate(TOO_WIDE) <= 0, path


def test_the_alert_budget_stands_in_rows(page: Page, live_server, log_in, lead, taper):
    log_in(page, lead)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/clinic/alert-budget?from_on={taper.starts_on}&to_on=")

    table = page.get_by_role("region", name="Alerts by rule").locator("table")

    assert table.evaluate("each => each.scrollWidth - each.parentElement.clientWidth") <= 0
    assert page.evaluate(TOO_WIDE) <= 0


def test_a_table_that_is_wider_than_its_place_shades_the_edge_that_hides_something(
    page: Page, live_server, log_in, prescriber, patient, taper, visits
):
    log_in(page, prescriber)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/patients/{patient.pk}")
    page.evaluate(OPEN_ALL)

    twin = page.get_by_role("region", name="The chart as a table")

    assert twin.evaluate("each => each.scrollWidth > each.clientWidth")
    assert "gradient" in twin.evaluate("each => getComputedStyle(each).backgroundImage")
