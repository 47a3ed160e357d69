"""Turns a reminder into a mail. What a mail says stands in templates/notifications/email.

A mail to a patient names no drug, no dose and no disease unless the patient opted in to details.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy

from notifications.email.form import Form, form_of
from notifications.email.mail import Mail
from notifications.models import Reminder
from notifications.policy import KIND_LABELS, Audience, Kind, ReminderRequest
from patients.languages import amounts, full_day, of_drug
from patients.links import FOLDER, path_for
from patients.models import Clinic, Patient

TEMPLATES = "notifications/email"
OF_THE_TEAM = "en"
CARE_TEAM = gettext_lazy("Your care team")
STEPS = frozenset({Kind.STEP_HEADS_UP, Kind.STEP_DAY, Kind.STEP_SECOND})
VISITS = frozenset({Kind.ASSESSMENT_DUE, Kind.ASSESSMENT_OVERDUE, Kind.VISIT_SECOND})
SPARING = frozenset({Kind.SPARING_HEADS_UP, Kind.SPARING_DAY})
BLOOD_TESTS = frozenset({Kind.LAB_HEADS_UP, Kind.LAB_DUE, Kind.LAB_OVERDUE})
NOT_SENT_YET = f"{FOLDER}…"  # stands in a preview: the link is signed for one mail
DIGEST_LINES = (
    ("alerts_critical", "Critical alerts without a reason"),
    ("steps_due", "Dose steps due today"),
    ("steps_late", "Dose steps late"),
    ("visits_due", "Visits due"),
    ("visits_overdue", "Visits overdue"),
    ("undelivered", "Reminders that could not be delivered"),
    ("to_sign", "Plans waiting for a signature"),
    ("tasks", "Tasks"),
    ("alerts", "Other alerts without a reason"),
)

FORMS_KEPT = 256  # kinds, days, clinics and doses that one batch may mix


@dataclass(frozen=True)
class Details:
    """The dose of a step, for whoever opted in to read it."""

    before: str
    dose: str
    drug: str
    of_drug: str
    tablets: str
    is_zero: bool


@dataclass(frozen=True)
class SparingDetails:
    """A step of a steroid-sparing drug, for whoever opted in to read it; `before` "" is none."""

    before: str
    dose: str
    of_drug: str
    frequency: str


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
        return self.patient.language if self.patient and self.to_patient else OF_THE_TEAM


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
        personal, shared = _personal_values(letter), _shared_values(letter)
    subject, text, html = _form_for(
        _template_of(letter), letter.language, tuple(sorted(shared.items())), tuple(personal)
    ).filled(personal)
    return Mail(
        subject=subject,
        text=text,
        html=html,
        sender=_sender_of(letter),
        to=to,
        headers=headers,
    )


@lru_cache(maxsize=FORMS_KEPT)
def _form_for(
    name: str, language: str, shared: tuple[tuple[str, Any], ...], gaps: tuple[str, ...]
) -> Form:
    with translation.override(language):
        return form_of(name, values=dict(shared), gaps=gaps)


def _template_of(letter: Letter) -> str:
    reader = "patient" if letter.to_patient else "team"
    return f"{TEMPLATES}/{letter.kind.lower()}.{reader}"


def _sender_of(letter: Letter) -> str:
    """To a patient the name says no more than this; the address stays the configured one."""
    configured = str(settings.DEFAULT_FROM_EMAIL)
    return _as_care_team(configured, letter.language) if letter.to_patient else configured


@lru_cache(maxsize=32)
def _as_care_team(configured: str, language: str) -> str:
    with translation.override(language):
        return formataddr((str(CARE_TEAM), parseaddr(configured)[1]))


# What the templates are given ------------------------------------------------------------------


def _personal_values(letter: Letter) -> dict[str, str]:
    """What differs from reader to reader: a template may write it out, and no more."""
    if not letter.to_patient:
        patient = letter.patient
        if patient is None:
            return {"url": f"{settings.PUBLIC_URL}/"}
        return {"code": patient.code, "url": f"{settings.PUBLIC_URL}/patients/{patient.id}"}
    values = {"first_name": letter.patient.given_name if letter.patient else ""}
    if letter.links_to_page:
        values |= {"page_url": _url(letter.page), "contact_url": f"{_url(letter.page)}/contact"}
    if letter.kind is Kind.ADDRESS_VERIFICATION:
        values["url"] = _url(letter.context["path"])
    return values


def _shared_values(letter: Letter) -> dict[str, Any]:
    """What many mails of a day have in common; each value can be compared and kept."""
    values = {
        "kind": KIND_LABELS[letter.kind],
        "day": _in_words(letter.local_date),
        "phone": letter.clinic.phone,
        "repeat": letter.may_be_a_repeat,
    }
    return values | (_patient_values(letter) if letter.to_patient else _team_values(letter))


def _patient_values(letter: Letter) -> dict[str, Any]:
    values: dict[str, Any] = {"details": None}
    if letter.kind in STEPS:
        values["step_day"] = _day_of(letter.context["step_date"])
        values["details"] = _details_of(letter.context) if letter.details else None
    if letter.kind in SPARING:
        values["step_day"] = _day_of(letter.context["step_date"])
        values["details"] = _sparing_details_of(letter.context) if letter.details else None
    if letter.kind in VISITS | BLOOD_TESTS:
        values["due_day"] = _day_of(letter.context["due_on"])
    if letter.kind in BLOOD_TESTS:
        values["more_than_blood"] = bool(letter.context.get("tests"))
    return values


def _details_of(context: Mapping[str, Any]) -> Details:
    """What only a patient who opted in is told; a missing word is an error, never a gap."""
    dose = str(context["dose"])
    return Details(
        before=amounts(str(context["before"])),
        dose=amounts(dose),
        drug=gettext(str(context["drug"])),
        of_drug=of_drug(str(context["drug"])),
        tablets=amounts(str(context.get("tablets") or "")),
        is_zero=dose.split()[0].strip("0.") == "",
    )


def _sparing_details_of(context: Mapping[str, Any]) -> SparingDetails:
    return SparingDetails(
        before=amounts(str(context["before"])),
        dose=amounts(str(context["dose"])),
        of_drug=of_drug(str(context["drug"])),
        frequency=str(context["frequency"]),
    )


def _team_values(letter: Letter) -> dict[str, Any]:
    if letter.kind is Kind.DIGEST:
        counts = letter.context["counts"]
        lines = tuple((counts[name], words) for name, words in DIGEST_LINES if counts.get(name))
        return {"lines": lines, "clinic": letter.clinic.name}
    if letter.kind is Kind.TEST:
        return {"clinic": letter.clinic.name}
    if letter.patient is None:
        raise ValueError("this kind of mail is about a patient")
    days = {
        name: _day_of(letter.context[key]) if letter.context.get(key) else ""
        for name, key in (("due_day", "due_on"), ("last_day", "last_on"), ("step_day", "step_date"))
    }
    return {**days, "more_than_blood": bool(letter.context.get("tests"))}


def _day_of(iso: str) -> str:
    return _in_words(date.fromisoformat(iso))


def _in_words(day: date) -> str:
    return _written_out(day, translation.get_language())


@lru_cache(maxsize=FORMS_KEPT)
def _written_out(day: date, language: str) -> str:
    return full_day(day)
