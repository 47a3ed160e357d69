"""The way to the patient's page and out of the mails stands in mails to a confirmed address."""

from datetime import UTC, datetime

import pytest

from notifications.email import render
from notifications.policy import Audience, Kind
from patients.links import FOLDER, opened
from patients.models import Patient
from tests.notifications.conftest import Ask

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 5, 13, tzinfo=UTC)
HOST = "http://taperline.test"
REMINDING = [
    Kind.STEP_HEADS_UP,
    Kind.STEP_DAY,
    Kind.ASSESSMENT_DUE,
    Kind.ASSESSMENT_OVERDUE,
]


def headers_and_text(ask: Ask, kind: Kind, audience: Audience = Audience.PATIENT):
    reminder = ask(kind=kind, audience=audience)
    mail = render(reminder, recipients=("ada@mail.example",), at=AT)
    again = render(reminder, recipients=("ada@mail.example",), at=AT)
    assert mail == again
    return reminder, dict(mail.headers), mail


@pytest.mark.parametrize("kind", REMINDING)
def test_a_reminder_links_to_the_page_of_its_patient(
    ask: Ask, reachable: Patient, kind: Kind
) -> None:
    reminder, headers, mail = headers_and_text(ask, kind)

    url = next(line for line in mail.text.splitlines() if line.startswith(f"{HOST}{FOLDER}"))
    link = opened(url.removeprefix(f"{HOST}{FOLDER}"), at=AT)
    assert (link.patient, link.reminder_id) == (reachable, reminder.pk)
    assert f'href="{url}"' in mail.html
    assert f"{url}/contact" in mail.text
    assert headers["List-Unsubscribe"] == f"<{url}/unsubscribe>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_an_address_nobody_confirmed_gets_no_link_to_the_page(ask: Ask) -> None:
    _, headers, mail = headers_and_text(ask, Kind.ADDRESS_VERIFICATION)

    assert "List-Unsubscribe" not in headers
    assert FOLDER not in mail.text + mail.html


@pytest.mark.parametrize("kind", [Kind.STEP_DAY, Kind.RED_FLAG])
def test_the_team_gets_no_patients_link(ask: Ask, kind: Kind) -> None:
    _, headers, mail = headers_and_text(ask, kind, Audience.TEAM)

    assert "List-Unsubscribe" not in headers
    assert FOLDER not in mail.text + mail.html
