"""The patient's page on a phone: by keyboard alone, without JavaScript, in light and dark."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from patients.clock import today_in
from patients.links import path_for
from patients.models import TeamTask
from patients.vocabulary import TaskKind
from tapers.models import StepReport, SymptomReport

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
PICTURES = os.environ.get("PICTURES", "")
TOO_SMALL = """() => [...document.querySelectorAll("a, button, label.p-box, input:not([type])")]
  .filter(each => each.getBoundingClientRect().height < 44).map(each => each.outerHTML)"""
WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def address(live_server, taper, at) -> str:
    day = today_in(taper.patient.time_zone, at=at)
    return live_server.url + path_for(patient=taper.patient, reminder_id=uuid4(), day=day)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Callable[..., Page]]:
    contexts = []

    def take_out(scheme: str = "light", **more: object) -> Page:
        contexts.append(browser.new_context(viewport=PHONE, color_scheme=scheme, **more))
        return contexts[-1].new_page()

    yield take_out
    for context in contexts:
        context.close()


def tab_to(page: Page, words: str) -> None:
    """Go on by Tab until the control with these words has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => (document.activeElement.labels?.[0] ?? document.activeElement).innerText ?? ''"
        )
        if words in said:
            return
    raise AssertionError(f"no way by Tab to {words!r}")


def press(page: Page, words: str) -> None:
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_birth_date(page: Page) -> None:
    """Type as soon as the browser has put the focus into the first field, as a person would."""
    page.wait_for_function("() => document.activeElement.name === 'day'")
    for number in ("14", "3", "1958"):
        page.keyboard.type(number)
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def looked_at(page: Page, name: str) -> None:
    assert page.evaluate(TOO_SMALL) == []
    assert not page.evaluate(WIDER)
    found = Axe().run(page, options=LEVELS).response["violations"]
    assert [f"{fault['id']}: {fault['help']}" for fault in found] == [], name
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_a_step_and_a_red_flag_by_keyboard_alone(
    phone: Callable[..., Page], address: str, taper
) -> None:
    page = phone()
    page.goto(address)
    type_birth_date(page)
    assert "30 mg prednisone" in page.inner_text("main")

    press(page, "It was before today")
    press(page, "day")
    assert StepReport.objects.get().outcome == "TAKEN"

    press(page, "I have a problem")
    tab_to(page, "I fainted or collapsed")
    page.keyboard.press("Space")
    press(page, "Tell my care team")

    assert page.inner_text("h1") == "Call emergency services now"
    assert SymptomReport.objects.get().red_flag
    assert TeamTask.objects.filter(kind=TaskKind.RED_FLAG).exists()


def test_it_works_without_javascript(phone: Callable[..., Page], address: str, taper) -> None:
    page = phone(java_script_enabled=False)
    page.goto(address)
    page.get_by_label("Day").fill("14")
    page.get_by_label("Month").fill("March")
    page.get_by_label("Year").fill("1958")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Not yet").click()

    assert "You told us: not yet." in page.inner_text("main")
    assert StepReport.objects.get().outcome == "NOT_YET"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone_and_weak_hands(
    phone: Callable[..., Page], address: str, taper, scheme: str
) -> None:
    page = phone(scheme)
    page.goto(address)
    looked_at(page, f"{scheme}-1-birth-date")
    page.get_by_role("button", name="Go on").click()
    looked_at(page, f"{scheme}-2-birth-date-again")
    page.fill("[name=day]", "14")
    page.fill("[name=month]", "3")
    page.fill("[name=year]", "1958")
    page.get_by_role("button", name="Go on").click()
    looked_at(page, f"{scheme}-3-step")
    for name in ("when", "symptoms", "about", "unwell", "other", "question", "contact"):
        page.goto(f"{address}/{name}")
        looked_at(page, f"{scheme}-4-{name}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_so_does_what_follows_an_answer(
    phone: Callable[..., Page], address: str, taper, scheme: str
) -> None:
    page = phone(scheme)
    page.goto(address)
    type_birth_date(page)
    page.goto(f"{address}/unsubscribe")
    looked_at(page, f"{scheme}-5-unsubscribe")
    page.get_by_role("button", name="Turn off e-mail").click()
    looked_at(page, f"{scheme}-5-unsubscribed")
    page.goto(f"{address}/unwell")
    page.get_by_text("I feel low").click()
    page.get_by_role("button", name="Tell my care team").click()
    looked_at(page, f"{scheme}-6-call-today")
    page.goto(address)
    page.get_by_role("button", name="I changed it today").click()
    looked_at(page, f"{scheme}-7-thanks")
    page.goto(f"{address}/symptoms")
    page.get_by_text("I fainted or collapsed").click()
    looked_at(page, f"{scheme}-8-ticked")
    page.get_by_role("button", name="Tell my care team").click()
    looked_at(page, f"{scheme}-9-now")
    page.goto(address)
    looked_at(page, f"{scheme}-9-step-with-red-flag")
    page.goto(address[:-3] + "xxx")
    looked_at(page, f"{scheme}-9-gone")


LARGE = "document.documentElement.style.fontSize = '200%'"
HIDDEN_BEHIND = """() => [...document.querySelectorAll("input:not([type=hidden])")].filter(each => {
  const box = each.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return top && top !== each && !top.contains(each);
}).map(each => each.name)"""


def test_at_twice_the_type_nothing_is_wider_than_the_phone_or_behind_something(
    browser: Browser, address: str, taper
) -> None:
    taper.patient.language = "de"
    taper.patient.save(update_fields=["language"])
    context = browser.new_context(viewport=PHONE, bypass_csp=True)
    page = context.new_page()

    def large(place: str = "") -> None:
        page.goto(address + place)
        page.evaluate(LARGE)
        assert not page.evaluate(WIDER), place

    large()
    assert page.evaluate(HIDDEN_BEHIND) == []
    type_birth_date(page)
    for place in ("", "/symptoms", "/about", "/unwell", "/other", "/question", "/contact"):
        large(place)
    context.close()
