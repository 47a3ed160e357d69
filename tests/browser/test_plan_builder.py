"""Given a patient, when a prescriber plans a taper, then it runs; with and without scripts."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tapers.models import Taper

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_plan_appears_while_the_dose_is_typed(
    page: Page, live_server, log_in, prescriber, patient, complaints
):
    log_in(page, prescriber)
    page.goto(f"{live_server.url}/patients/{patient.pk}/taper/new")

    page.get_by_label("Dose today, mg a day").press_sequentially("40")

    expect(page.locator("#result dd").first).to_have_text("8 weeks")
    expect(page.get_by_label("Dose today, mg a day")).to_be_focused()
    assert complaints == []
    assert not Taper.objects.exists()


def test_choosing_an_alternative_fills_the_fields(
    page: Page, live_server, log_in, prescriber, patient
):
    log_in(page, prescriber)
    page.goto(f"{live_server.url}/patients/{patient.pk}/taper/new")
    page.get_by_label("Dose today, mg a day").fill("40")

    page.get_by_role("button", name=re.compile("^6 weeks")).click()

    expect(page.get_by_label("Above 10 mg, lower by (mg)")).to_have_value("10")
    expect(page.get_by_label("Above 10 mg, every (days)")).to_have_value("7")
    expect(page.locator("#result dd").first).to_have_text("6 weeks")


def test_a_dose_no_plan_fits_says_so_plainly(page: Page, live_server, log_in, nurse, patient):
    log_in(page, nurse)
    page.goto(f"{live_server.url}/patients/{patient.pk}/taper/new")

    page.get_by_label("Dose today, mg a day").fill("80")

    expect(page.locator("#result")).to_contain_text("The shortest takes 10 weeks")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_prescriber_plans_signs_and_sees_the_taper_run(
    browser: Browser, live_server, log_in, prescriber, patient, scripts
):
    context = browser.new_context(java_script_enabled=scripts)
    page = log_in(context, prescriber)
    page.goto(f"{live_server.url}/patients/{patient.pk}")

    page.get_by_role("link", name="Plan a taper").first.click()
    page.get_by_label("Dose today, mg a day").fill("40")
    page.get_by_role("button", name="Show the plan").click()
    page.get_by_role("button", name="Review and sign").click()
    page.get_by_role("button", name="Activate plan").click()
    expect(page.get_by_role("alert").first).to_contain_text("each warning needs its reason")
    for field in page.get_by_label(re.compile("^Reason for going on")).all():
        field.fill("Sick-day card handed out")
    page.get_by_role("button", name="Activate plan").click()

    expect(page.get_by_role("status").first).to_contain_text("The plan is active.")
    assert Taper.objects.get(patient=patient).status == "ACTIVE"
    context.close()


def test_the_long_form_of_a_steroid_sparing_drug_hides_none_of_its_fields(
    browser: Browser, live_server, log_in, prescriber, patient
):
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = log_in(context, prescriber)
    page.goto(f"{live_server.url}/patients/{patient.pk}/sparing/new")

    pane = page.locator(".builder > .inputs")
    hidden = pane.evaluate("pane => pane.scrollHeight - pane.clientHeight")
    context.close()

    assert hidden == 0
