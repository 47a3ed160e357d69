"""What is said to the mail server for one mail, and what each of its answers means."""

import re
import smtplib
from dataclasses import dataclass, replace

from notifications.policy import Meaning, Reply, meaning_of_data, meaning_of_recipient

GOES_ON = 354
BYE = 421
NOT_AN_ADDRESS = (553, b"the address holds characters that mail cannot carry")
CARRIED = re.compile(r"[\x20-\x7e]+")
END = b".\r\n"
Answer = tuple[int, bytes]


@dataclass(frozen=True)
class Envelope:
    """*message* ends its lines with CR and LF, all of them."""

    sender: str
    recipients: tuple[str, ...]
    message: bytes


class Dialogue:
    """Hands one mail over. Knows how far it came when the line drops.

    In a *flight* sender, recipients and DATA leave together (RFC 2920) and the answers are read in
    their order; each means what it means when it is waited for.
    """

    def __init__(self, line: smtplib.SMTP, envelope: Envelope, *, may_fly: bool) -> None:
        self.line = line
        self.envelope = envelope
        self.began = False  # the server has answered a command of this mail
        self.text_is_out = False
        self.unread = 0  # answers of the flight that are still to come
        self.flies = (
            may_fly
            and line.has_extn("pipelining")
            and all(map(_can_be_said, (envelope.sender, *envelope.recipients)))
        )

    def run(self) -> Reply:
        try:
            return self._talk()
        except (OSError, smtplib.SMTPException) as error:  # smtplib tells a time-out like this too
            return Reply(self._meaning_of_a_lost_line(), text=in_words(error), line_lost=True)

    def _meaning_of_a_lost_line(self) -> Meaning:
        if self.text_is_out:
            return Meaning.UNKNOWN
        return Meaning.LATER if self.began else Meaning.UNREACHABLE

    def _talk(self) -> Reply:
        if self.flies:
            self._take_off()
        code, answer = self._ask(f"MAIL FROM:<{self.envelope.sender}>")
        self.began = True
        if code >= 500 or code == BYE:  # it does not take mail from us at all
            return Reply(Meaning.UNREACHABLE, code, _decoded(answer), line_lost=True)
        if code >= 300:
            return self._stop(Reply(Meaning.LATER, code, _decoded(answer)))
        refusal, refused = self._name_recipients()
        if refusal is not None:
            return self._stop(refusal)
        return self._send_text(refused)

    def _take_off(self) -> None:
        named = [f"RCPT TO:<{recipient}>" for recipient in self.envelope.recipients]
        commands = [f"MAIL FROM:<{self.envelope.sender}>", *named, "DATA", ""]
        self.unread = len(commands) - 1
        self.line.send("\r\n".join(commands).encode("ascii"))

    def _ask(self, command: str) -> Answer:
        """Say it and wait for the answer; in a flight it has been said."""
        if not self.flies:
            return self.line.docmd(command)
        self.unread -= 1
        return self.line.getreply()

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

    def _name(self, recipient: str) -> Answer:
        try:
            return self._ask(f"RCPT TO:<{recipient}>")
        except ValueError:  # smtplib sends neither line breaks nor letters beyond ASCII
            return NOT_AN_ADDRESS

    def _send_text(self, refused: tuple[str, ...]) -> Reply:
        code, answer = self._ask("DATA")
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
            self._land()
            self.line.rset()
        except (OSError, smtplib.SMTPException):
            return replace(reply, line_lost=True)
        return reply

    def _land(self) -> None:
        """Read what the flight still has coming; an invitation to send the text gets an empty one.

        A server may invite although it took no recipient (RFC 2920, 3.1): it has nobody to send
        the empty text to.
        """
        code = 0
        while self.unread:
            code, _ = self._ask("")
        if code == GOES_ON:
            self.line.send(END)
            self.line.getreply()


def in_words(error: Exception) -> str:
    """Name what went wrong, without whatever address the library put into its message."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decoded(_as_bytes(error.smtp_error))}"
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, OSError) else name


def _can_be_said(address: str) -> bool:
    return CARRIED.fullmatch(address) is not None


def _with_dots_doubled(message: bytes) -> bytes:
    doubled = message.replace(b"\r\n.", b"\r\n..")
    if doubled.startswith(b"."):
        doubled = b"." + doubled
    return doubled + (END if doubled.endswith(b"\r\n") else b"\r\n" + END)


def _decoded(answer: bytes) -> str:
    return answer.decode("ascii", "replace")


def _as_bytes(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode("ascii", "replace")
