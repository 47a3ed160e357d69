"""What a nurse does all day: the worklist, a step, a visit, a mail that failed; by keyboard too."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from notifications.models import Reminder
from patients.models import Assessment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_late_step_is_recorded_from_its_row(page: Page, log_in, nurse, taper, complaints):
    log_in(page, nurse)

    row = page.locator("li", has_text="Step 1: 30 mg a day")
    expect(row).to_contain_text("late by 6 days")
    row.locator("summary").press("Enter")
    row.get_by_role("button", name="Record as taken").click()

    expect(page.get_by_role("status").first).to_contain_text("Step 1 is recorded as taken")
    assert taper.reports.get().outcome == "TAKEN"
    assert complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_visit_is_entered_looked_over_and_stored(
    browser: Browser, live_server, log_in, nurse, patient, scripts
):
    context = browser.new_context(java_script_enabled=scripts)
    page = log_in(context, nurse)
    page.goto(f"{live_server.url}/patients/{patient.pk}/visits/new")

    page.get_by_label("Strength, MMT8 of one side", exact=True).fill("68")
    page.get_by_label("IBM functional rating scale", exact=True).fill("31")
    page.get_by_label("Creatine kinase", exact=True).fill("420")
    page.get_by_label("Upper limit of the laboratory").first.fill("200")
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_role("table")).to_contain_text("2.1 × the upper limit of 200 U/L")
    page.get_by_role("button", name="Record visit").click()

    expect(page.locator("#visits")).to_contain_text("MMT8 68 of 80")
    assert Assessment.objects.get(patient=patient).measurements.count() == 3
    context.close()


def test_the_total_follows_the_muscles_and_the_draft_keeps_itself(
    page: Page, live_server, log_in, nurse, patient, complaints
):
    log_in(page, nurse)
    page.goto(f"{live_server.url}/patients/{patient.pk}/visits/new")
    page.get_by_text("Muscle by muscle").click()
    page.get_by_label("Scale of the grades").select_option("KENDALL")

    for label in (
        "Neck flexors",
        "Middle deltoid, right",
        "Biceps, right",
        "Wrist extensors, right",
        "Gluteus maximus, right",
        "Gluteus medius, right",
        "Quadriceps, right",
        "Ankle dorsiflexors, right",
    ):
        page.get_by_label(label, exact=True).fill("8")
    page.get_by_label("Rater").focus()

    expect(page.get_by_label("Strength, MMT8 of one side", exact=True)).to_have_value("64")
    expect(page.locator("#kept")).to_contain_text("Kept as a draft")
    page.reload()
    expect(page.get_by_label("Quadriceps, right", exact=True)).to_have_value("8")
    assert complaints == []


def test_a_mail_that_failed_shows_and_is_tried_again(page: Page, live_server, log_in, nurse, taper):
    reminder = taper.patient.reminders.filter(kind="STEP_DAY").latest("due_at")
    Reminder.objects.filter(pk=reminder.pk).update(
        status="GAVE_UP", attempts=7, outcome_note="The mail server put it off too often."
    )
    log_in(page, nurse)

    page.locator("li", has_text="Mail not delivered").get_by_role("link", name="See why").click()
    expect(page.get_by_role("main")).to_contain_text("put it off too often")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("status").first).to_contain_text("scheduled again")
    reminder.refresh_from_db()
    assert reminder.status == "SCHEDULED"


def test_the_chart_is_read_by_keyboard_one_tab_stop_and_arrows(
    page: Page, live_server, log_in, nurse, taper, visits, complaints
):
    log_in(page, nurse)
    page.goto(f"{live_server.url}/patients/{taper.patient_id}")
    chart = page.locator("svg.chart-wide")

    assert chart.locator('.hit[tabindex="0"]').count() == 1
    chart.locator('.hit[tabindex="0"]').focus()
    page.keyboard.press("Home")
    focused = page.locator(":focus")

    expect(focused).to_have_attribute("aria-label", re.compile("MMT8 70 of 80"))
    expect(focused.locator(".tip")).to_have_css("visibility", "visible")
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_have_attribute("aria-label", re.compile("MMT8 69 of 80"))
    assert complaints == []


def test_menus_open_and_close_by_keyboard(page: Page, log_in, nurse, patient):
    log_in(page, nurse)
    menu = page.locator("details.person")

    menu.locator("summary").press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")

    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_the_first_tab_leads_past_the_bar(page: Page, live_server, log_in, nurse, patient):
    log_in(page, nurse)
    page.goto(f"{live_server.url}/patients")

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_wrong_passwords_lock_the_account_with_a_sentence(page: Page, live_server, nurse):
    for _ in range(6):
        page.goto(f"{live_server.url}/accounts/login/")
        page.fill("#id_login", nurse.username)
        page.fill("#id_password", "wrong")
        page.click("button.btn-primary")

    expect(page.locator("main")).to_contain_text("Too many failed login attempts")
