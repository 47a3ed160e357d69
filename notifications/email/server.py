"""One connection to the mail server, kept from mail to mail."""

import smtplib
import ssl
from types import TracebackType
from typing import Self

from django.conf import settings

from notifications.email.dialogue import Dialogue, Envelope, in_words
from notifications.policy import Meaning, Reply


class Unreachable(Exception):
    """No mail can be handed over at present, whichever it is."""


class MailServer:
    """Connects at the first mail and keeps the line for the next ones."""

    def __init__(self) -> None:
        self._line: smtplib.SMTP | None = None
        self._line_has_worked = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def connect(self) -> bool:
        """Make sure there is a line, or raise Unreachable; return whether it is a new one."""
        if self._line is not None:
            return False
        try:
            self._line = _open_line()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(in_words(error)) from error
        self._line_has_worked = False
        return True

    def hand_over(self, envelope: Envelope) -> Reply:
        """Hand one mail over. A line that had worked and is gone is opened once more.

        A line that never worked is not: a mail at which the server always hangs up must be charged
        for it, or it would stop all the others.
        """
        reply = self._try_to_hand_over(envelope)
        if self._line_has_worked and _is_worth_a_new_line(reply):
            try:
                self.connect()
            except Unreachable as error:
                return Reply(Meaning.UNREACHABLE, text=str(error), line_lost=True)
            reply = self._try_to_hand_over(envelope)
        return reply

    def close(self) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        try:
            line.quit()
        except (OSError, smtplib.SMTPException):
            line.close()

    def _try_to_hand_over(self, envelope: Envelope) -> Reply:
        if self._line is None:
            return Reply(Meaning.UNREACHABLE, text="there is no connection", line_lost=True)
        # The first mail of a line waits for each answer: only so a server that hangs up at one
        # recipient is told from a server that is away.
        reply = Dialogue(self._line, envelope, may_fly=self._line_has_worked).run()
        if reply.line_lost:
            self._line.close()
            self._line = None
        else:
            self._line_has_worked = True
        return reply


def _is_worth_a_new_line(reply: Reply) -> bool:
    """The server hung up, said nothing of this mail and cannot have it."""
    hung_up = reply.line_lost and reply.code is None
    return reply.meaning is Meaning.UNREACHABLE or (hung_up and reply.meaning is Meaning.LATER)


def _open_line() -> smtplib.SMTP:
    """Connect, encrypt and log in, as the EMAIL_ settings say."""
    host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
    timeout = settings.REMINDER_CONNECT_TIMEOUT
    line: smtplib.SMTP
    if settings.EMAIL_USE_SSL:
        line = smtplib.SMTP_SSL(host, port, timeout=timeout, context=ssl.create_default_context())
    else:
        line = smtplib.SMTP(host, port, timeout=timeout)
    try:
        if settings.EMAIL_USE_TLS:
            line.starttls(context=ssl.create_default_context())
        if settings.EMAIL_HOST_USER:
            line.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        line.ehlo_or_helo_if_needed()
    except BaseException:
        line.close()
        raise
    if line.sock is not None:
        line.sock.settimeout(settings.REMINDER_COMMAND_TIMEOUT)
    return line
