"""A form that was refused: the keyboard starts at the list of what there is to correct."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_list_has_the_focus_and_its_link_leads_into_the_field(
    page: Page, live_server, log_in, nurse, patient
):
    log_in(page, nurse)
    page.goto(f"{live_server.url}/patients/{patient.pk}/medicines/new")
    page.locator("main form button.btn-primary").click()

    listed = page.locator("[data-errors]")
    expect(listed).to_be_focused()
    expect(listed).to_contain_text("On the list since is required: enter a day.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#id_from_on")).to_be_focused()
