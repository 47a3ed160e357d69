"""One connection to the mail server, and what each of its answers means."""

import re
import smtplib
import ssl
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from django.conf import settings

from notifications.policy import Meaning, Reply, meaning_of_data, meaning_of_recipient

GOES_ON = 354
BYE = 421
NOT_AN_ADDRESS = (553, b"the address holds characters that mail cannot carry")
DOT = re.compile(rb"(?m)^\.")
END = b".\r\n"


class Unreachable(Exception):
    """No mail can be handed over at present, whichever it is."""


@dataclass(frozen=True)
class Envelope:
    sender: str
    recipients: tuple[str, ...]
    message: bytes


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
            raise Unreachable(_in_words(error)) from error
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
        reply = _Handing(self._line, envelope).run()
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


class _Handing:
    """The dialogue for one mail. Knows how far it came when the line drops."""

    def __init__(self, line: smtplib.SMTP, envelope: Envelope) -> None:
        self.line = line
        self.envelope = envelope
        self.began = False  # the server has answered a command of this mail
        self.text_is_out = False

    def run(self) -> Reply:
        try:
            return self._talk()
        except (OSError, smtplib.SMTPException) as error:  # smtplib tells a time-out like this too
            return Reply(self._meaning_of_a_lost_line(), text=_in_words(error), line_lost=True)

    def _meaning_of_a_lost_line(self) -> Meaning:
        if self.text_is_out:
            return Meaning.UNKNOWN
        return Meaning.LATER if self.began else Meaning.UNREACHABLE

    def _talk(self) -> Reply:
        code, answer = self.line.docmd(f"MAIL FROM:<{self.envelope.sender}>")
        self.began = True
        if code >= 500 or code == BYE:  # it does not take mail from us at all
            return Reply(Meaning.UNREACHABLE, code, _decoded(answer), line_lost=True)
        if code >= 300:
            return self._stop(Reply(Meaning.LATER, code, _decoded(answer)))
        refusal, refused = self._name_recipients()
        if refusal is not None:
            return self._stop(refusal)
        return self._send_text(refused)

    def _name_recipients(self) -> tuple[Reply | None, tuple[str, ...]]:
        """Return why nobody can have it, or None and those who cannot."""
        answers = {to: self._name(to) for to in self.envelope.recipients}
        meanings = {to: meaning_of_recipient(code) for to, (code, _) in answers.items()}
        refused = tuple(to for to, what in meanings.items() if what is not Meaning.ACCEPTED)
        if len(refused) < len(answers):
            return None, refused
        put_off = [to for to, what in meanings.items() if what is Meaning.LATER]
        decisive = (put_off or list(answers))[0]
        code, answer = answers[decisive]
        return Reply(meanings[decisive], code, _decoded(answer), line_lost=code == BYE), refused

    def _name(self, recipient: str) -> tuple[int, bytes]:
        try:
            return self.line.docmd(f"RCPT TO:<{recipient}>")
        except ValueError:  # smtplib sends neither line breaks nor letters beyond ASCII
            return NOT_AN_ADDRESS

    def _send_text(self, refused: tuple[str, ...]) -> Reply:
        code, answer = self.line.docmd("DATA")
        if code != GOES_ON:
            return self._stop(self._reply_to_data(code, answer, refused))
        self.text_is_out = True  # from here on a lost line leaves the outcome open
        self.line.send(_with_dots_doubled(self.envelope.message))
        code, answer = self.line.getreply()
        return self._reply_to_data(code, answer, refused)

    def _reply_to_data(self, code: int, answer: bytes, refused: tuple[str, ...]) -> Reply:
        return Reply(meaning_of_data(code), code, _decoded(answer), refused, line_lost=code == BYE)

    def _stop(self, reply: Reply) -> Reply:
        """Leave the line clean for the next mail."""
        if reply.line_lost:
            return reply
        try:
            self.line.rset()
        except (OSError, smtplib.SMTPException):
            return replace(reply, line_lost=True)
        return reply


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


def _with_dots_doubled(message: bytes) -> bytes:
    ended = message if message.endswith(b"\r\n") else message + b"\r\n"
    return DOT.sub(b"..", ended) + END


def _decoded(answer: bytes) -> str:
    return answer.decode("ascii", "replace")


def _in_words(error: Exception) -> str:
    """Name what went wrong, without whatever address the library put into its message."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decoded(_as_bytes(error.smtp_error))}"
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, OSError) else name


def _as_bytes(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode("ascii", "replace")
