"""What the mails say, and what they must not say."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import product
from typing import Any

import pytest
from django.core.mail import BadHeaderError

from notifications import engine
from notifications.email import Mail, as_bytes, preview_of, render
from notifications.policy import Audience, Kind
from patients.models import Clinic, Patient
from tests import factories
from tests.notifications.conftest import CONTEXT_OF, Ask, request

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 5, 13, tzinfo=UTC)
SHOWN_BESIDE_THE_SUBJECT = 250  # characters of the body; inboxes show 35 to 200
HOST = "taperline.test"  # what the clinic calls its server is the clinic's choice
FOR_TEAMS = {
    Kind.DIGEST,
    Kind.TEST,
    Kind.RED_FLAG,
    Kind.STEP_UNANSWERED,
    Kind.STEP_ESCALATED,
    Kind.VISIT_UNANSWERED,
    Kind.VISIT_ESCALATED,
    Kind.ALERT_ESCALATED,
}
ABOUT_NOBODY = {Kind.DIGEST, Kind.TEST}
TO_PATIENTS = [kind for kind in Kind if kind not in FOR_TEAMS]
TO_TEAMS = [kind for kind in Kind if kind is not Kind.ADDRESS_VERIFICATION]
FORBIDDEN = re.compile(
    r"""predniso|cortico|steroid|methotrex|azathio|\bdos(e|es|ing|age)\b|\btaper|tablet|pill|drug
    |medic|\d+(\.\d+)?\s*mg\b|myosit|\bIBM\b|muscle|strength|disease|diagnos|neuro|biops|\bCK\b
    |Riverside|recommend|\bsafe|successful|!""",
    re.IGNORECASE | re.VERBOSE,
)


def mail_for(patient: Patient | None, kind: Kind, audience: Audience, **given: Any) -> Mail:
    details = bool(given.pop("details", False))
    asked = request(kind, audience, **given)
    clinic = patient.clinic if patient else Clinic.objects.get()
    return preview_of(request=asked, patient=patient, clinic=clinic, details=details)


def words_of(html: str) -> str:
    """What a reader of the HTML sees."""
    body = html[html.index("<body") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).replace("&nbsp;", " ")


@pytest.mark.parametrize("kind", TO_PATIENTS)
def test_a_patient_who_did_not_opt_in_reads_no_drug_dose_or_disease(
    reachable: Patient, kind: Kind
) -> None:
    mail = mail_for(reachable, kind, Audience.PATIENT)

    for part in (mail.subject, mail.text, mail.html, mail.sender):
        said = words_of(part) if "<body" in part else part
        assert not FORBIDDEN.search(said.replace(HOST, "")), said


@pytest.mark.parametrize("kind", TO_PATIENTS)
def test_every_mail_to_a_patient_says_whom_to_call(reachable: Patient, kind: Kind) -> None:
    mail = mail_for(reachable, kind, Audience.PATIENT)

    urgent = (
        "If you feel unwell, do not wait for e-mail: call +1 312 555 0100, or emergency services."
    )
    assert urgent in mail.text
    assert urgent in words_of(mail.html).replace(": call", ": call").replace("  ", " ")


@pytest.mark.parametrize("kind", TO_PATIENTS)
def test_no_more_of_the_name_than_the_first(reachable: Patient, kind: Kind) -> None:
    mail = mail_for(reachable, kind, Audience.PATIENT)

    for hidden in (reachable.family_name, reachable.record_number, reachable.code, "1958"):
        assert hidden not in mail.subject + mail.text + mail.html
    assert reachable.given_name not in mail.subject
    unconfirmed = kind is Kind.ADDRESS_VERIFICATION  # it may be a stranger's address
    assert (reachable.given_name in mail.text) is not unconfirmed


def test_whoever_opted_in_reads_the_dose_with_its_caution(reachable: Patient) -> None:
    mail = mail_for(reachable, Kind.STEP_DAY, Audience.PATIENT, details=True)

    for said in (mail.text, words_of(mail.html)):
        flat = re.sub(r"\s+", " ", said)
        assert "From Tuesday 5 May 2026: 7.5 mg prednisone" in flat
        assert "once a day in the morning (1 × 5 mg and 1 × 2.5 mg)" in flat
        assert "Do not stop early" in flat
    assert not FORBIDDEN.search(mail.subject)


@pytest.mark.parametrize("kind", TO_PATIENTS)
def test_an_inbox_shows_no_drug_dose_or_disease_even_of_a_mail_with_details(
    reachable: Patient, kind: Kind
) -> None:
    mail = mail_for(reachable, kind, Audience.PATIENT, details=True)

    for said in (mail.text, words_of(mail.html)):
        flat = re.sub(r"\s+", " ", said.replace(HOST, "")).strip()
        assert not FORBIDDEN.search(flat[:SHOWN_BESIDE_THE_SUBJECT])


@pytest.mark.parametrize("kind", [Kind.STEP_HEADS_UP, Kind.STEP_DAY])
def test_whoever_missed_the_step_before_is_not_told_to_make_two_in_one(
    reachable: Patient, kind: Kind
) -> None:
    mail = mail_for(reachable, kind, Audience.PATIENT, details=True)

    for said in (mail.text, words_of(mail.html)):
        flat = re.sub(r"\s+", " ", said)
        assert "This change comes after 10 mg a day." in flat
        assert "If you take another dose now, do not change it yet. Call us first" in flat


def test_the_last_step_says_that_there_are_no_more_tablets(reachable: Patient) -> None:
    mail = mail_for(
        reachable, Kind.STEP_DAY, Audience.PATIENT, details=True, dose="0 mg", tablets=None
    )

    assert "From Tuesday 5 May 2026: no prednisone tablets any more (0 mg)." in mail.text
    assert "Do not stop before that day." in mail.text
    assert "once a day" not in mail.text


def test_a_weekly_drug_says_once_a_week_and_on_which_day(reachable: Patient) -> None:
    mail = mail_for(reachable, Kind.SPARING_DAY, Audience.PATIENT, details=True)

    for said in (mail.text, words_of(mail.html)):
        flat = re.sub(r"\s+", " ", said)
        assert "From Tuesday 5 May 2026: 17.5 mg methotrexate" in flat
        assert "Take it ONCE A WEEK, always on this weekday, and not every day." in flat
        assert "This change comes after 15 mg." in flat
        assert "once a day" not in flat
    assert not FORBIDDEN.search(mail.subject)


def test_the_first_dose_of_a_drug_comes_after_none(reachable: Patient) -> None:
    mail = mail_for(reachable, Kind.SPARING_DAY, Audience.PATIENT, details=True, before="")

    assert "This change comes after" not in mail.text + mail.html


def test_ten_milligrams_are_not_zero(reachable: Patient) -> None:
    for dose in ("10 mg", "0.5 mg", "100 mg"):
        mail = mail_for(reachable, Kind.STEP_DAY, Audience.PATIENT, details=True, dose=dose)
        assert f"{dose} prednisone once a day" in mail.text


def test_a_missing_dose_is_an_error_and_not_a_gap(reachable: Patient) -> None:
    asked = request(Kind.STEP_DAY)
    bare = {"step_date": "2026-05-05"}
    broken = type(asked)(**(vars(asked) | {"context": bare}))

    with pytest.raises(KeyError):
        preview_of(request=broken, patient=reachable, clinic=reachable.clinic, details=True)


@pytest.mark.parametrize("kind", TO_TEAMS)
def test_the_team_reads_a_code_a_day_and_a_link(reachable: Patient, kind: Kind) -> None:
    patient = None if kind in ABOUT_NOBODY else reachable
    mail = mail_for(patient, kind, Audience.TEAM)

    everything = mail.subject + mail.text + words_of(mail.html)
    assert "http://taperline.test/" in mail.text
    assert "http://taperline.test/" in mail.html
    assert "2026" in mail.text
    for hidden in (reachable.given_name, reachable.family_name, "7.5", "prednisone"):
        assert hidden not in everything
    if patient:
        assert patient.code in mail.subject
        assert f"/patients/{patient.id}" in mail.text


def test_the_morning_list_counts_only_what_waits(clinic: Clinic) -> None:
    mail = mail_for(None, Kind.DIGEST, Audience.TEAM)
    empty = mail_for(None, Kind.DIGEST, Audience.TEAM, counts={"steps_due": 0})

    assert "Dose steps due today: 2\nVisits overdue: 1" in mail.text
    assert "Tasks" not in mail.text
    assert "Nothing waits today." in empty.text


@pytest.mark.parametrize(("kind", "audience"), list(product(Kind, Audience)))
def test_every_mail_has_text_and_html_that_stand_alone(
    reachable: Patient, kind: Kind, audience: Audience
) -> None:
    if (kind in FOR_TEAMS and audience is Audience.PATIENT) or (
        kind is Kind.ADDRESS_VERIFICATION and audience is not Audience.PATIENT
    ):
        return
    mail = mail_for(None if kind in ABOUT_NOBODY else reachable, kind, audience)

    assert mail.subject
    assert mail.text.strip()
    assert "{{" not in mail.text + mail.html
    assert "{%" not in mail.text + mail.html
    assert "&amp;" not in mail.text
    assert "None" not in mail.text
    assert "<script" not in mail.html
    assert not re.search(r'(src|href)="http(?!://taperline\.test)', mail.html)
    assert 'style="' in mail.html


def test_markup_in_a_name_stays_text(clinic: Clinic) -> None:
    name = "<b>Ann</b> & {{7*7}}"
    patient = factories.PatientFactory(clinic=clinic, given_name=name)

    mail = mail_for(patient, Kind.STEP_DAY, Audience.PATIENT)

    assert f"Hello {name}," in mail.text
    assert "<b>" not in mail.html
    assert "&lt;b&gt;Ann&lt;/b&gt; &amp; {{7*7}}" in mail.html


# Bytes -----------------------------------------------------------------------------------------


def parsed(mail: Mail) -> EmailMessage:
    message = message_from_bytes(as_bytes(mail), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_what_goes_over_the_wire(ask: Ask, reachable: Patient) -> None:
    reminder = ask()
    reminder.patient = reachable

    message = parsed(render(reminder, recipients=(reachable.email,), at=AT))

    assert message["To"] == reachable.email
    assert message["From"] == "Your care team <no-reply@taperline.test>"
    assert message["Message-ID"] == reminder.message_id
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Bcc"] is None
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("field", ["subject", "sender", "to", "headers"])
def test_a_header_cannot_be_broken_out_of(break_: str, field: str) -> None:
    evil = f"x{break_}Bcc: all@mail.example"
    values: dict[str, Any] = {
        "subject": "A message",
        "text": "Text",
        "html": "<p>Text</p>",
        "sender": "no-reply@taperline.test",
        "to": ("ada@mail.example",),
        "headers": (),
    }
    values[field] = {"to": (evil,), "headers": (("X-Any", evil),)}.get(field, evil)

    with pytest.raises(BadHeaderError):
        as_bytes(Mail(**values))


def test_a_line_that_begins_with_a_dot_arrives_with_it(
    ask: Ask, reachable: Patient, mailbox: Any, due: datetime
) -> None:
    reachable.given_name = ".\n.hidden\n."
    reachable.save()
    ask()

    engine.sweep(at=due)

    body = mailbox.received[0].get_body(("plain",)).get_content()
    assert "Hello .\n.hidden\n.," in body.replace("\r\n", "\n")


def test_the_contexts_of_the_tests_are_those_of_every_kind() -> None:
    assert set(CONTEXT_OF) == set(Kind)
