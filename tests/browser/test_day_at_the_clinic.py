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


KEYSTROKES_A_MINUTE = 120  # two a second, of somebody who reads values off a sheet
STANDARD_VISIT = (  # the standard set in its order; a limit and an item are fields of their own
    ("mmt8", "68"), ("ibmfrs", "31"), ("grip.right", "18.5"), ("grip.left", "16"), ("tug", "u"),
    ("walk_6_min", "310"), ("eat10", "9"), ("fvc_sitting", "2.8"), ("falls_30_d", "1"),
    ("weight", "71.5"), ("bp_systolic", "135"), ("bp_diastolic", "82"), ("ck", "420"),
    ("ck_limit", "200"), ("hba1c", "5.9"),
)  # fmt: skip


def test_a_visit_of_the_standard_set_is_typed_in_a_minute_without_a_mouse(
    page: Page, live_server, log_in, nurse, patient, visits, complaints
):
    log_in(page, nurse)
    page.goto(f"{live_server.url}/patients/{patient.pk}/visits/new")
    pressed = []

    def press(key: str) -> None:
        page.keyboard.press(key)
        pressed.append(key)

    for name, value in STANDARD_VISIT:
        expect(page.locator(":focus")).to_have_attribute("name", name)
        for key in value:
            press(key)
        press("Enter")
    press("Control+Enter")
    expect(page.get_by_role("heading", name="Look it over")).to_be_visible()
    press("Enter")
    expect(page.locator("#visits")).to_contain_text("MMT8 68 of 80")

    stored = Assessment.objects.filter(patient=patient).latest("recorded_at")
    assert len(pressed) <= KEYSTROKES_A_MINUTE
    assert stored.measurements.get(code="TUG").state == "UNABLE"
    assert stored.measurements.count() == len(STANDARD_VISIT) - 1  # the limit belongs to CK
    assert complaints == []


def test_every_field_of_the_form_is_reached_by_tab_and_stands_beside_its_last_value(
    page: Page, live_server, log_in, nurse, patient, visits
):
    log_in(page, nurse)
    page.goto(f"{live_server.url}/patients/{patient.pk}/visits/new")
    expect(page.locator(".measure", has_text="Strength, MMT8 of one side")).to_contain_text(
        "Last: 69 of 80 on"
    )
    expect(page.locator(".measure", has_text="Strength, MMT8 of one side")).to_contain_text(
        "Kim Nurse"
    )

    reached = set()
    for _ in range(80):
        reached.add(page.locator(":focus").get_attribute("name"))
        if page.locator(":focus").get_attribute("value") == "check":
            break
        page.keyboard.press("Tab")

    assert {name for name, _ in STANDARD_VISIT} | {"tug_unable", "ck_unit", "note"} <= reached


def test_items_add_up_while_they_are_typed(
    page: Page, live_server, log_in, nurse, patient, complaints
):
    log_in(page, nurse)
    page.goto(f"{live_server.url}/patients/{patient.pk}/visits/new")
    ibmfrs = page.locator(".measure", has_text="IBM functional rating scale").first
    ibmfrs.get_by_text("Item by item").click()

    fields = ibmfrs.locator("[data-item]")
    for number in range(9):
        fields.nth(number).fill("3")
    expect(ibmfrs).to_contain_text("9 of 10 items: 27")
    expect(page.locator("#id_ibmfrs")).to_have_value("")
    fields.nth(9).fill("2")

    expect(page.locator("#id_ibmfrs")).to_have_value("29")
    assert complaints == []


def test_what_was_typed_is_there_again_after_the_page_was_left_and_the_session_ended(
    page: Page, live_server, log_in, nurse, patient
):
    log_in(page, nurse)
    form = f"{live_server.url}/patients/{patient.pk}/visits/new"
    page.goto(form)
    page.locator("#id_mmt8").fill("6")
    page.keyboard.type("8")  # no change has been told yet: the field still has the focus
    page.goto(f"{live_server.url}/patients")
    page.context.clear_cookies()
    log_in(page, nurse)

    page.goto(form)

    expect(page.locator("#id_mmt8")).to_have_value("68")


def test_who_was_logged_out_meanwhile_is_told_beside_the_form(
    page: Page, live_server, log_in, nurse, patient
):
    log_in(page, nurse)
    page.goto(f"{live_server.url}/patients/{patient.pk}/visits/new")
    page.context.clear_cookies(name="sessionid")

    page.locator("#id_mmt8").fill("68")
    page.keyboard.press("Tab")

    expect(page.locator("#kept")).to_contain_text("You are logged out")
    expect(page.locator("#id_mmt8")).to_have_value("68")


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
