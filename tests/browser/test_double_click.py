"""What a hurried hand does to a form: press the button twice."""

import pytest
from playwright.sync_api import Page, expect

from patients.models import Assessment, KnownFact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_visit_recorded_with_a_double_click_is_one_visit(
    page: Page, live_server, log_in, nurse, patient
):
    log_in(page, nurse)
    page.goto(f"{live_server.url}/patients/{patient.pk}/visits/new")
    page.get_by_label("Strength, MMT8 of one side", exact=True).fill("68")
    page.get_by_role("button", name="Look it over").click()

    page.get_by_role("button", name="Record visit").dblclick()

    expect(page.locator("#visits")).to_contain_text("MMT8 68 of 80")
    assert Assessment.objects.filter(patient=patient).count() == 1


def test_a_fall_recorded_with_a_double_click_is_one_fall(
    page: Page, live_server, log_in, nurse, patient
):
    log_in(page, nurse)
    page.goto(f"{live_server.url}/patients/{patient.pk}/falls/new")
    page.locator("main form [name=on]").fill("2026-03-02")

    page.locator("main form button.btn-primary").dblclick()

    expect(page.locator("#known")).to_contain_text("Fall")
    assert KnownFact.objects.filter(patient=patient).count() == 1
