"""The demo's mail server, and what came in, one file a mail.

The server runs in the process that supervises the demo; the pages read the folder.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ARRIVED = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True)
class Letter:
    name: str
    arrived_at: datetime
    to: str
    subject: str
    text: str
    html: str


class Mailbox:
    """Takes every mail but those to *refuses*, whom it does not know."""

    def __init__(
        self,
        *,
        folder: Path,
        host: str,
        port: int,
        clock: Callable[[], datetime],
        on_mail: Callable[[Letter], None] | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, port
        self.clock = clock
        self.on_mail = on_mail
        self.refuses: frozenset[str] = frozenset()
        self._numbers = itertools.count(1)
        self._controller = Controller(self, hostname=host, port=port, data_size_limit=2**20)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def letters(self, *, limit: int, to: str = "") -> list[Letter]:
        return letters(folder=self.folder, limit=limit, to=to)

    async def handle_RCPT(  # noqa: N802  (aiosmtpd asks for this name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if address.lower() in self.refuses:
            return "550 5.1.1 There is no mailbox of this name here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        arrived_at = self.clock().astimezone(UTC)
        name = f"{arrived_at:{ARRIVED}}-{next(self._numbers):06}"
        draft, kept = self.folder / f"{name}.new", self.folder / f"{name}.eml"
        draft.write_bytes(content)
        draft.rename(kept)
        if self.on_mail:
            self.on_mail(read(kept))
        return f"250 OK kept as {name}"


def letters(*, folder: Path, limit: int, to: str = "") -> list[Letter]:
    """Return the newest letters first, only those to one address if *to* is given."""
    newest_first = sorted(folder.glob("*.eml"), reverse=True)
    mine = (letter for letter in map(read, newest_first) if not to or to in letter.to)
    return list(itertools.islice(mine, limit))


def letter_for(*, folder: Path, name: str) -> Letter | None:
    file = folder / f"{name}.eml"
    return read(file) if file.exists() else None


def names(*, folder: Path) -> frozenset[str]:
    return frozenset(file.stem for file in folder.glob("*.eml"))


def read(file: Path) -> Letter:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    bodies = dict(_bodies(message))
    return Letter(
        name=file.stem,
        arrived_at=datetime.strptime(file.stem.split("-")[0], ARRIVED).replace(tzinfo=UTC),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=bodies.get("plain", ""),
        html=bodies.get("html", ""),
    )


def _bodies(message: EmailMessage) -> Iterator[tuple[str, str]]:
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        if part is not None:
            yield kind, part.get_content()
