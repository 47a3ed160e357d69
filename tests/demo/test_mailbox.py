"""The demo's mail server and its pages."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from notifications.policy import Audience, Kind, ReminderRequest
from notifications.services.schedule import replace_schedule
from patients import clock
from patients.models import Clinic
from tests.demo import urls as with_demo_pages  # now, while settings.DEMO is off
from tests.services import free_port
from tracker.demo.mailbox import Mailbox

ARRIVED = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Mailbox]:
    box = Mailbox(
        folder=tmp_path / "mailbox", host="127.0.0.1", port=free_port(), clock=lambda: ARRIVED
    )
    box.refuses = frozenset({"harold@mail.example"})
    box.start()
    yield box
    box.stop()


@pytest.fixture
def demo(settings: Any, box: Mailbox) -> None:
    settings.DEMO = True
    settings.DATA_DIR = box.folder.parent
    (box.folder.parent / "seeded").write_text("America/Chicago\n")
    settings.DEMO_CLOCK_FILE = str(box.folder.parent / "clock")
    settings.ROOT_URLCONF = with_demo_pages.__name__


def send(box: Mailbox, *, to: str, subject: str = "A message from your care team") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "clinic@taperline.example", to, subject
    message.set_content("Hello Zoë,\nhttp://127.0.0.1:8000/reminders/verify/abc\n")
    message.add_alternative("<html><body><p>Hello Zoë</p></body></html>", subtype="html")
    with smtplib.SMTP("127.0.0.1", box.port) as server:
        server.send_message(message)


def test_a_mail_is_kept_with_text_html_and_the_clinics_time(box: Mailbox) -> None:
    send(box, to="zoe@mail.example")

    [letter] = box.letters(limit=10)
    assert (letter.to, letter.arrived_at) == ("zoe@mail.example", ARRIVED)
    assert "Hello Zoë" in letter.text
    assert "<p>Hello Zoë</p>" in letter.html


def test_one_address_is_refused(box: Mailbox) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="5.1.1"):
        send(box, to="harold@mail.example")

    assert box.letters(limit=10) == []


def test_the_newest_mail_comes_first(box: Mailbox) -> None:
    for number in range(12):
        send(box, to="zoe@mail.example", subject=str(number))

    assert [letter.subject for letter in box.letters(limit=3)] == ["11", "10", "9"]


def test_an_installation_has_no_such_pages(client: Client) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("demo:mailbox")
    assert client.get("/demo/mailbox").status_code in (302, 404)


@pytest.mark.usefixtures("demo")
def test_the_pages_show_a_mail_as_its_reader_sees_it(box: Mailbox, nurse_client: Client) -> None:
    send(box, to="zoe@mail.example")
    [letter] = box.letters(limit=1)

    listed = nurse_client.get("/demo/mailbox").content.decode()
    page = nurse_client.get(f"/demo/mailbox/{letter.name}")
    html = nurse_client.get(f"/demo/mailbox/{letter.name}/html")

    assert "zoe@mail.example" in listed
    assert 'href="http://127.0.0.1:8000/reminders/verify/abc"' in page.content.decode()
    assert "Hello Zoë" in html.content.decode()
    assert "default-src 'none'" in html.headers["Content-Security-Policy"]
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("name", ["none", "20260504T080000000000-9", "a-b"])
def test_a_mail_that_is_not_there_is_not_found(nurse_client: Client, name: str) -> None:
    assert nurse_client.get(f"/demo/mailbox/{name}").status_code == 404
    assert nurse_client.get(f"/demo/mailbox/{name}/html").status_code == 404


@pytest.mark.usefixtures("demo")
def test_the_button_runs_the_clock_to_the_next_mail(clinic: Clinic, nurse_client: Client) -> None:
    due_at = (clock.now() + timedelta(minutes=3)).replace(second=0, microsecond=0)
    _ask_for_a_mail(clinic, due_at)

    response = nurse_client.post("/demo/clock/next-mail")

    assert response.status_code == 302
    assert timedelta() <= clock.now() - due_at < timedelta(seconds=20)
    page = nurse_client.get(response["Location"]).content.decode()
    assert "Waiting for the worker" in page


@pytest.mark.usefixtures("demo")
def test_the_morning_list_comes_first_if_a_morning_lies_between(
    clinic: Clinic, nurse_client: Client
) -> None:
    in_a_month = (clock.now() + timedelta(days=30)).replace(second=0, microsecond=0)
    _ask_for_a_mail(clinic, in_a_month, source="another")

    promised = nurse_client.get("/demo/mailbox").content.decode()
    nurse_client.post("/demo/clock/next-mail")

    assert "at 07:30" in promised
    local = clock.now().astimezone(ZoneInfo(clinic.time_zone))
    assert (local.hour, local.minute) == (7, 30)
    assert clock.now() < in_a_month - timedelta(days=20)


@pytest.mark.usefixtures("demo")
def test_the_clock_stays_when_no_mail_is_scheduled(reader_client: Client) -> None:
    """A clinic with neither nurse nor prescriber has no morning list either."""
    before = clock.demo_offset()

    page = reader_client.post("/demo/clock/next-mail", follow=True).content.decode()

    assert "No mail is scheduled" in page
    assert clock.demo_offset() == before


@pytest.mark.usefixtures("demo")
def test_looking_does_not_move_the_clock(nurse_client: Client) -> None:
    assert nurse_client.get("/demo/clock/next-mail").status_code == 405


def _ask_for_a_mail(clinic: Clinic, due_at: datetime, *, source: str = "test") -> None:
    request = ReminderRequest(
        kind=Kind.DIGEST,
        audience=Audience.TEAM,
        local_date=due_at.date(),
        local_time=due_at.time(),
        time_zone="UTC",
        expires_date=due_at.date() + timedelta(days=1),
        context={"date": due_at.date().isoformat(), "counts": {}},
    )
    replace_schedule(
        source=source,
        clinic=clinic,
        patient=None,
        requests=[request],
        at=clock.now(),
    )
