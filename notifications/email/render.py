"""Turns a reminder into a mail. What a mail says stands in templates/notifications/email.

A mail to a patient names no drug, no dose and no disease unless the patient opted in to details.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any

import css_inline
from django.conf import settings
from django.template import Context, engines
from django.utils import dateformat, translation

from notifications.email.mail import Mail
from notifications.models import Reminder
from notifications.policy import KIND_LABELS, Audience, Kind, ReminderRequest
from patients.links import FOLDER, path_for
from patients.models import Clinic, Patient

# A language not named here gets English; a translation is complete or not there.
FOLDER_OF_LANGUAGE = {"en": "notifications/email"}
OTHERWISE = "en"
TEAM = "Your care team"
STEPS = frozenset({Kind.STEP_HEADS_UP, Kind.STEP_DAY})
NOT_SENT_YET = f"{FOLDER}…"  # stands in a preview: the link is signed for one mail
DIGEST_LINES = (
    ("steps_due", "Dose steps due today"),
    ("steps_late", "Dose steps late"),
    ("visits_due", "Visits due"),
    ("visits_overdue", "Visits overdue"),
    ("undelivered", "Reminders that could not be delivered"),
    ("to_sign", "Plans waiting for a signature"),
    ("tasks", "Tasks"),
)

BLANK_LINES = re.compile(r"\n{3,}")

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


@dataclass(frozen=True)
class Letter:
    """What is said to whom, before it has words."""

    kind: Kind
    audience: Audience
    context: Mapping[str, Any]
    local_date: date
    clinic: Clinic
    patient: Patient | None
    details: bool = False
    may_be_a_repeat: bool = False
    page: str = NOT_SENT_YET

    @property
    def to_patient(self) -> bool:
        return self.audience is Audience.PATIENT

    @property
    def links_to_page(self) -> bool:
        """An address nobody has confirmed may be a stranger's: it gets no link to the page."""
        return self.to_patient and self.kind is not Kind.ADDRESS_VERIFICATION

    @property
    def language(self) -> str:
        wanted = self.patient.language if self.patient and self.to_patient else OTHERWISE
        return wanted if wanted in FOLDER_OF_LANGUAGE else OTHERWISE


def render(
    reminder: Reminder, *, recipients: tuple[str, ...], details: bool = False, at: datetime
) -> Mail:
    """Return the mail of a stored reminder; raise whatever its template or context raises."""
    letter = Letter(
        kind=Kind(reminder.kind),
        audience=Audience(reminder.audience),
        context=reminder.context,
        local_date=reminder.local_date,
        clinic=reminder.clinic,
        patient=reminder.patient,
        details=details,
        may_be_a_repeat=reminder.may_be_a_repeat,
        page=_page_of(reminder),
    )
    return _compose(letter, to=recipients, headers=_headers_of(letter, reminder, at=at))


def preview_of(
    *, request: ReminderRequest, patient: Patient | None, clinic: Clinic, details: bool = False
) -> Mail:
    """Return the mail that a reminder not stored yet would become."""
    letter = Letter(
        kind=request.kind,
        audience=request.audience,
        context=request.context,
        local_date=request.local_date,
        clinic=clinic,
        patient=patient,
        details=details,
    )
    to = (patient.email,) if patient and patient.email and letter.to_patient else ()
    return _compose(letter, to=to, headers=())


def _page_of(reminder: Reminder) -> str:
    if reminder.patient is None:
        return NOT_SENT_YET
    return path_for(patient=reminder.patient, reminder_id=reminder.pk, day=reminder.local_date)


def _headers_of(letter: Letter, reminder: Reminder, *, at: datetime) -> tuple[tuple[str, str], ...]:
    headers = (
        ("Message-ID", reminder.message_id),
        ("Date", format_datetime(at)),
        ("Auto-Submitted", "auto-generated"),
    )
    if not letter.links_to_page:
        return headers
    return (
        *headers,
        ("List-Unsubscribe", f"<{_url(letter.page)}/unsubscribe>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),  # RFC 8058
    )


def _url(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _compose(letter: Letter, *, to: tuple[str, ...], headers: tuple[tuple[str, str], ...]) -> Mail:
    with translation.override(letter.language):
        values = _values_for(letter)
        return Mail(
            subject=" ".join(_fill(letter, "subject.txt", values).split()),
            text=BLANK_LINES.sub("\n\n", _fill(letter, "txt", values).strip()) + "\n",
            html=_inliner.inline(_fill(letter, "html", values | _kept_on_one_line(values))),
            sender=_sender_of(letter),
            to=to,
            headers=headers,
        )


def _fill(letter: Letter, ending: str, values: dict[str, Any]) -> str:
    reader = "patient" if letter.to_patient else "team"
    folder = FOLDER_OF_LANGUAGE[letter.language]
    name = f"{folder}/{letter.kind.lower()}.{reader}.{ending}"
    template = engines["django"].engine.get_template(name)  # type: ignore[attr-defined]
    return str(template.render(Context(values, autoescape=ending == "html")))


def _kept_on_one_line(values: dict[str, Any]) -> dict[str, Any]:
    """In HTML a telephone number must not break; in text, spaces stay spaces for copying."""
    return {"phone": str(values["phone"]).replace(" ", "\N{NO-BREAK SPACE}")}


def _sender_of(letter: Letter) -> str:
    """To a patient the name says no more than this; the address stays the configured one."""
    if not letter.to_patient:
        return str(settings.DEFAULT_FROM_EMAIL)
    return formataddr((TEAM, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


# What the templates are given ------------------------------------------------------------------


def _values_for(letter: Letter) -> dict[str, Any]:
    values = {
        "kind": KIND_LABELS[letter.kind],
        "day": _in_words(letter.local_date),
        "phone": letter.clinic.phone,
        "repeat": letter.may_be_a_repeat,
    }
    if letter.to_patient:
        return values | _patient_values(letter)
    return values | _team_values(letter)


def _patient_values(letter: Letter) -> dict[str, Any]:
    values: dict[str, Any] = {
        "first_name": letter.patient.given_name if letter.patient else "",
        "details": None,
    }
    if letter.links_to_page:
        values |= {"page_url": _url(letter.page), "contact_url": f"{_url(letter.page)}/contact"}
    if letter.kind in STEPS:
        values["step_day"] = _in_words(date.fromisoformat(letter.context["step_date"]))
        values["details"] = _details_of(letter.context) if letter.details else None
    if letter.kind is Kind.ADDRESS_VERIFICATION:
        values["url"] = _url(letter.context["path"])
    if letter.kind is Kind.ASSESSMENT_OVERDUE or letter.kind is Kind.ASSESSMENT_DUE:
        values["due_day"] = _in_words(date.fromisoformat(letter.context["due_on"]))
    return values


def _details_of(context: Mapping[str, Any]) -> dict[str, Any]:
    """What only a patient who opted in is told; a missing word is an error, never a gap."""
    dose = str(context["dose"])
    return {
        "dose": dose,
        "drug": context["drug"],
        "tablets": context.get("tablets") or "",
        "is_zero": dose.split()[0].strip("0.") == "",
    }


def _team_values(letter: Letter) -> dict[str, Any]:
    if letter.kind is Kind.DIGEST:
        counts = letter.context["counts"]
        lines = [(counts[name], words) for name, words in DIGEST_LINES if counts.get(name)]
        return {"lines": lines, "clinic": letter.clinic.name, "url": f"{settings.PUBLIC_URL}/"}
    patient = letter.patient
    if patient is None:
        raise ValueError("this kind of mail is about a patient")
    values = {"code": patient.code, "url": f"{settings.PUBLIC_URL}/patients/{patient.id}"}
    for name, key in (("due_day", "due_on"), ("last_day", "last_on"), ("step_day", "step_date")):
        said = letter.context.get(key)
        values[name] = _in_words(date.fromisoformat(said)) if said else ""
    return values


def _in_words(day: date) -> str:
    return dateformat.format(day, "l j F Y")
