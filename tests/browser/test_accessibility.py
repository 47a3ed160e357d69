"""Every kind of page is looked over by axe, in light and dark, wide and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from patients.models import Membership, Patient

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"wide": (1440, 900), "phone": (390, 844)}
LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def faults_of(page: Page) -> list[str]:
    found = Axe().run(page, options=LEVELS).response["violations"]
    return [
        f"{fault['id']}: {fault['help']} – {[node['target'] for node in fault['nodes']][:4]}"
        for fault in found
    ]


def paths_of(taper) -> list[str]:
    patient = f"/patients/{taper.patient_id}"
    reminder = taper.patient.reminders.first()
    return [
        "/",
        "/patients",
        patient,
        f"{patient}/course",
        f"{patient}/follow-up",
        f"{patient}/course?as_of=2026-02-30",
        "/patients/new",
        f"{patient}/edit",
        f"{patient}/consent",
        f"{patient}/diagnosis",
        f"{patient}/exposure",
        f"{patient}/sick-day-plans/new",
        f"{patient}/circumstances/new",
        f"{patient}/symptoms",
        f"{patient}/links",
        f"{patient}/taper/new",
        f"{patient}/visits/new",
        f"{patient}/visits/new?kind=LABORATORY",
        "/clinic/visits",
        f"{patient}/sparing",
        f"{patient}/sparing/new",
        f"{patient}/infusions/new",
        f"/tapers/{taper.pk}",
        f"/tapers/{taper.pk}/revise",
        f"/tapers/{taper.pk}/stop",
        f"/tapers/{taper.pk}/steps/1",
        "/reminders/",
        "/clinic/reminders",
        "/clinic/protocol",
        "/rules",
        "/reminders/upcoming",
        "/reminders/catch-up",
        "/clinic/pauses/new",
        f"/reminders/{reminder.pk}",
        "/no/such/page",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_page_has_a_fault_that_axe_can_find(
    browser: Browser, live_server, log_in, prescriber, taper, visits, size, scheme
):
    Membership.objects.filter(user=prescriber).update(is_lead=True)  # who gets every form
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = log_in(context, prescriber)

    faults = {}
    for path in paths_of(taper):
        page.goto(live_server.url + path)
        sideways = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        found = faults_of(page) + ([f"scrolls sideways by {sideways}"] if sideways > 0 else [])
        if found:
            faults[path] = found
    context.close()

    assert faults == {}


def test_a_long_name_makes_no_page_wider_than_a_phone(
    browser: Browser, live_server, log_in, prescriber, patient
):
    Patient.objects.filter(pk=patient.pk).update(family_name="Wolfeschlegelsteinhausenberger" * 2)
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = log_in(context, prescriber)

    for path in (f"/patients/{patient.pk}", f"/patients/{patient.pk}/course"):
        page.goto(live_server.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
    context.close()


def test_the_log_in_page_and_the_mailed_link_are_looked_over_too(page, live_server, db):
    for path in ("/accounts/login/", "/accounts/password/reset/", "/reminders/verify/unknown"):
        page.goto(live_server.url + path)
        assert faults_of(page) == [], path


def test_axe_really_finds_faults(page, live_server, db):
    page.goto(f"{live_server.url}/accounts/login/")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=/x><input>'")

    assert {fault.split(":")[0] for fault in faults_of(page)} >= {"image-alt", "label"}
