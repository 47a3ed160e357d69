"""Renders a reminder and hands it to the mail server."""

from notifications.email.dialogue import Envelope
from notifications.email.mail import Mail
from notifications.email.message import as_bytes
from notifications.email.render import preview_of, render
from notifications.email.server import MailServer, Unreachable

__all__ = [
    "Envelope",
    "Mail",
    "MailServer",
    "Unreachable",
    "as_bytes",
    "preview_of",
    "render",
]
