"""The course as a clinician takes it along: on A4 in grey, by keyboard, with a table."""

import re

import pytest
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_course_prints_on_a4_with_every_panel_and_no_button(
    browser: Browser, live_server, log_in, prescriber, taper, visits
):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = log_in(context, prescriber)
    page.goto(f"{live_server.url}/patients/{taper.patient_id}/course")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 without its margins

    wide = page.locator(".panel svg.chart-wide:visible")
    sideways = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    paper = page.pdf(format="A4")
    shown = {
        "panels": wide.count(),
        "narrow": page.locator(".panel svg.chart-narrow:visible").count(),
        "buttons": page.locator("main .btn:visible").count(),
        "sideways": sideways,
    }
    panels = page.locator("figure.panel").count()
    context.close()

    assert shown == {"panels": panels, "narrow": 0, "buttons": 0, "sideways": 0}
    assert panels >= 5
    assert 2 <= len(re.findall(rb"/Type\s*/Page[^s]", paper)) <= 6


def test_values_are_reached_by_keyboard_and_stand_in_a_table(
    browser: Browser, live_server, log_in, prescriber, taper, visits
):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = log_in(context, prescriber)
    page.goto(f"{live_server.url}/patients/{taper.patient_id}/course")

    strength = page.locator("#panel-mmt8")
    strength.locator("svg:visible .hit[tabindex='0']").focus()
    page.keyboard.press("ArrowLeft")
    said = page.evaluate("document.activeElement.getAttribute('aria-label')")
    strength.get_by_text("Show as a table").press("Enter")
    rows = strength.locator("tbody tr").count()
    context.close()

    assert "MMT8 70 of 80" in said
    assert rows == 2


def test_a_printed_plan_names_the_patient_and_begins_on_the_first_page(
    browser: Browser, live_server, log_in, prescriber, taper
):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = log_in(context, prescriber)
    page.goto(f"{live_server.url}/tapers/{taper.pk}")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 without its margins

    named = page.locator(".print-only", has_text="Ada Marlow").is_visible()
    mails = page.locator("#mail").is_visible()
    breaks = page.locator("#plan").evaluate("plan => getComputedStyle(plan).breakInside")
    context.close()

    assert (named, mails, breaks) == (True, False, "auto")
