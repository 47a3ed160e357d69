"""Mails that would go out, as rows of a preview."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifications.policy import AUDIENCE_LABELS, Audience
from patients.presenters import words

if TYPE_CHECKING:
    from tapers.selectors.mails import PreviewedMail


@dataclass(frozen=True)
class MailRow:
    when: str
    kind: str
    to: str
    subject: str
    text: str
    will_send: bool
    why_not: str


def why_silent(rows: Iterable[MailRow]) -> tuple[str, ...]:
    """Return why mails will not go out, each reason once."""
    return tuple(dict.fromkeys(row.why_not for row in rows if row.why_not))


def mail_rows(mails: Iterable["PreviewedMail"], *, zone: str) -> tuple[MailRow, ...]:
    return tuple(
        MailRow(
            when=words.instant(mail.due_at, zone=zone),
            kind=mail.label,
            to=AUDIENCE_LABELS[Audience(mail.audience)],
            subject=mail.subject,
            text=mail.text,
            will_send=mail.will_send,
            why_not=mail.why_not,
        )
        for mail in mails
    )
