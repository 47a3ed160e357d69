"""What the mail server's answers mean, whether each is waited for or the commands leave together.

The server here is a script: an answer for each command and for the text, over a real socket.
"""

import smtplib
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from notifications.email.dialogue import Dialogue, Envelope
from notifications.policy import Meaning, Reply

ENDS = "(the line ends)"
TO = ("ada@mail.example", "ben@mail.example")
TEXT = b"Subject: hello\r\n\r\n.a line that begins with a dot\r\n"


@dataclass
class Script:
    """Answers by the first word said; *texts* and *flights* are what arrived."""

    answers: dict[str, str] = field(default_factory=dict)
    texts: list[bytes] = field(default_factory=list)
    largest_flight: int = 0

    def answer_to(self, line: str) -> str:
        for said, answer in self.answers.items():
            if line.startswith(said):
                return answer
        return "354 go on" if line == "DATA" else "250 ok"


class Talk(socketserver.BaseRequestHandler):
    arrived = b""

    def handle(self) -> None:
        script: Script = self.server.script  # type: ignore[attr-defined]
        self._say("220 script")
        while line := self._next(b"\r\n").decode():
            waiting = self.arrived.count(b"\r\n")
            script.largest_flight = max(script.largest_flight, 1 + waiting)
            greets = line.startswith("ehlo")
            answer = "250-script\r\n250 PIPELINING" if greets else script.answer_to(line)
            if answer == ENDS or not self._goes_on(answer, script):
                return

    def _goes_on(self, answer: str, script: Script) -> bool:
        self._say(answer)
        if not answer.startswith("354"):
            return True
        script.texts.append(self._next(b".\r\n"))
        answer = script.answers.get("(text)", "250 taken") if script.texts[-1] else "554 for nobody"
        if answer != ENDS:
            self._say(answer)
        return answer != ENDS

    def _next(self, end: bytes) -> bytes:
        """Return what arrives before *end*; nothing when the line is closed."""
        while end not in self.arrived:
            more = self.request.recv(65536)
            if not more:
                return b""
            self.arrived += more
        taken, _, self.arrived = self.arrived.partition(end)
        return taken

    def _say(self, answer: str) -> None:
        self.request.sendall(answer.encode() + b"\r\n")


@pytest.fixture
def line_to() -> Iterator[Callable[[Script], smtplib.SMTP]]:
    """Open a line to a server that follows the script."""
    servers: list[Any] = []
    lines: list[smtplib.SMTP] = []

    def connect(script: Script) -> smtplib.SMTP:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        server.daemon_threads = True
        server.script = script  # type: ignore[attr-defined]
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        line = smtplib.SMTP("127.0.0.1", server.server_address[1], timeout=10)
        line.ehlo()
        lines.append(line)
        return line

    yield connect
    for line in lines:
        line.close()
    for server in servers:
        server.shutdown()
        server.server_close()


SCRIPTS: dict[str, tuple[dict[str, str], Reply]] = {
    "taken": ({}, Reply(Meaning.ACCEPTED, 250, "taken")),
    "sender put off": ({"MAIL": "451 busy"}, Reply(Meaning.LATER, 451, "busy")),
    "sender refused": (
        {"MAIL": "550 not from you"},
        Reply(Meaning.UNREACHABLE, 550, "not from you", line_lost=True),
    ),
    "closing": ({"MAIL": "421 bye"}, Reply(Meaning.UNREACHABLE, 421, "bye", line_lost=True)),
    "one recipient refused": (
        {"RCPT TO:<ben": "550 nobody"},
        Reply(Meaning.ACCEPTED, 250, "taken", refused=("ben@mail.example",)),
    ),
    "all refused, and told so again": (
        {"RCPT": "550 nobody", "DATA": "503 for whom"},
        Reply(Meaning.ADDRESS_REFUSED, 550, "nobody"),
    ),
    "all refused, and yet invited": (
        {"RCPT": "550 nobody"},
        Reply(Meaning.ADDRESS_REFUSED, 550, "nobody"),
    ),
    "one put off": (
        {"RCPT TO:<ada": "550 nobody", "RCPT TO:<ben": "452 full", "DATA": "503 for whom"},
        Reply(Meaning.LATER, 452, "full"),
    ),
    "text not wanted": ({"DATA": "554 no"}, Reply(Meaning.CONTENT_REFUSED, 554, "no")),
    "text put off": ({"(text)": "451 later"}, Reply(Meaning.LATER, 451, "later")),
    "text refused": ({"(text)": "554 spam"}, Reply(Meaning.CONTENT_REFUSED, 554, "spam")),
}
LOST: dict[str, tuple[dict[str, str], Meaning]] = {
    "at the first recipient": ({"RCPT": ENDS}, Meaning.LATER),
    "at DATA": ({"DATA": ENDS}, Meaning.LATER),
    "after the text": ({"(text)": ENDS}, Meaning.UNKNOWN),
    "at the sender": ({"MAIL": ENDS}, Meaning.UNREACHABLE),
}


@pytest.mark.parametrize("may_fly", [True, False], ids=["together", "one by one"])
@pytest.mark.parametrize(("answers", "means"), SCRIPTS.values(), ids=SCRIPTS)
def test_an_answer_means_the_same_however_the_commands_leave(
    line_to: Callable[[Script], smtplib.SMTP],
    answers: dict[str, str],
    means: Reply,
    may_fly: bool,
) -> None:
    script = Script(answers)
    line = line_to(script)

    reply = Dialogue(line, Envelope("us@clinic.example", TO, TEXT), may_fly=may_fly).run()

    assert reply == means
    assert (script.largest_flight > 1) is may_fly


@pytest.mark.parametrize("may_fly", [True, False], ids=["together", "one by one"])
@pytest.mark.parametrize(("answers", "means"), LOST.values(), ids=LOST)
def test_a_line_that_drops_leaves_the_outcome_open_only_after_the_text(
    line_to: Callable[[Script], smtplib.SMTP],
    answers: dict[str, str],
    means: Meaning,
    may_fly: bool,
) -> None:
    line = line_to(Script(answers))

    reply = Dialogue(line, Envelope("us@clinic.example", TO, TEXT), may_fly=may_fly).run()

    assert reply.line_lost
    assert reply.meaning is means


@pytest.mark.parametrize("may_fly", [True, False], ids=["together", "one by one"])
@pytest.mark.parametrize(
    "name", [name for name, (_, means) in SCRIPTS.items() if not means.line_lost]
)
def test_the_next_mail_finds_a_clean_line(
    line_to: Callable[[Script], smtplib.SMTP], name: str, may_fly: bool
) -> None:
    script = Script(dict(SCRIPTS[name][0]))
    line = line_to(script)
    Dialogue(line, Envelope("us@clinic.example", TO, TEXT), may_fly=may_fly).run()
    script.answers.clear()

    reply = Dialogue(line, Envelope("us@clinic.example", TO, TEXT), may_fly=may_fly).run()

    assert reply == Reply(Meaning.ACCEPTED, 250, "taken")
    assert script.texts[-1] == TEXT.replace(b"\r\n.", b"\r\n..")


def test_an_address_that_mail_cannot_carry_is_not_said(
    line_to: Callable[[Script], smtplib.SMTP],
) -> None:
    script = Script()
    envelope = Envelope("us@clinic.example", ("ada@mail.example>\r\nRCPT TO:<eve@x",), TEXT)

    reply = Dialogue(line_to(script), envelope, may_fly=True).run()

    assert reply.meaning is Meaning.ADDRESS_REFUSED
    assert script.texts == []
