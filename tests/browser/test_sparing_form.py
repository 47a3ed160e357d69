"""The form of a steroid-sparing drug asks what the chosen drug needs, and sends nothing else."""

import pytest
from playwright.sync_api import Page, expect

from tapers.models import SparingCourse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def form(page: Page, live_server, log_in, prescriber, patient) -> Page:
    log_in(page, prescriber)
    page.goto(f"{live_server.url}/patients/{patient.pk}/sparing/new")
    return page


def test_only_the_chosen_drugs_fields_are_seen_and_its_doses_are_its_own(form: Page):
    expect(form.get_by_label("Folic acid")).to_be_hidden()
    expect(form.get_by_label("Raise every week")).to_be_hidden()

    form.select_option("#id_agent", "METHOTREXATE")
    form.fill("#id_start_mg", "15")
    form.fill("#id_folic_acid_mg_per_week", "7")
    form.select_option("#id_agent", "AZATHIOPRINE")

    expect(form.get_by_label("Raise every week")).to_be_visible()
    expect(form.get_by_label("Folic acid")).to_be_hidden()
    expect(form.locator("#id_start_mg")).to_have_value("")


def test_what_was_typed_for_the_other_drug_is_not_sent(form: Page, patient):
    form.select_option("#id_agent", "METHOTREXATE")
    form.fill("#id_folic_acid_mg_per_week", "7")
    form.select_option("#id_agent", "AZATHIOPRINE")
    form.fill("#id_start_mg", "50")
    form.select_option("#id_frequency", "ONCE_A_DAY")
    form.check("#id_unit_confirmed")

    form.get_by_role("button", name="Show what comes of it").click()

    expect(form.locator("#result")).to_contain_text("50 mg a day")
    expect(form.get_by_label("Folic acid")).to_be_hidden()
    expect(form.get_by_label("Raise every week")).to_be_visible()
    assert not SparingCourse.objects.exists()
