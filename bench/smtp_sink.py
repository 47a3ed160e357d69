"""A mail server that keeps nothing but a journal, and fails when told to. Loopback only.

    python bench/smtp_sink.py --port 8125 --journal FILE [--fault NAME] [--every N] [--faults N]
                              [--latency SECONDS] [--only PART] [--seed N] [--lot 0|1]
                              [--stats-port N]

Each accepted mail's Message-ID, its recipients and the instant at which its DATA came are appended
to the journal *before* the server answers 250, so that "accepted twice" and "begun too late" show
from outside. A fault hits every N-th mail, at most --faults times:

    later            451 to the text                 greylist   451 to each mail's first try
    refuse           554 to the text                 silent     no greeting, no answer at all
    refuse-address   550 to RCPT                     drop       accepts, then drops the line
    closing          421 to MAIL                     closing-rcpt, closing-text: 421 there
    stall-rcpt       no answer to RCPT               stall      accepts, then never answers
    hang-up          drops the line at RCPT; with --only, for addresses that contain this
    mixed            one of these, but for those that hang, drawn anew each time by --seed

With --lot 1 a single fault is drawn by --seed as well: one of each N chances. After a 421 the line
is closed, as RFC 5321 (3.8) asks.
"""

import argparse
import asyncio
import json
import random
import re
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

FAULTS = (
    "later", "greylist", "refuse", "refuse-address", "silent", "drop", "hang-up",
    "closing", "closing-rcpt", "closing-text", "stall-rcpt", "stall",
)  # fmt: skip
MIXED = ("later", "refuse", "refuse-address", "closing", "drop", "hang-up")
MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.I | re.M)
ADDRESS = re.compile(rb"<([^>]*)>")
END_OF_TEXT = b"\r\n.\r\n"
GREETING = b"220 sink ESMTP\r\n"
ABILITIES = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
OK = b"250 2.0.0 ok\r\n"
CLOSING = b"421 4.3.2 closing\r\n"


@dataclass
class Sink:
    """What all connections share: the fault to play, the counts and the journal."""

    fault: str = ""
    every: int = 1
    faults: int = sys.maxsize
    latency: float = 0.0
    only: str = ""
    lot: bool = False
    drawn: int = 0  # which of the next N chances is hit
    journal: TextIO | None = None
    draw: random.Random = field(default_factory=random.Random)
    counts: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    put_off: set[str] = field(default_factory=set)

    def plays(self, fault: str) -> bool:
        """Answer whether this fault hits now."""
        if self.counts["faults"] >= self.faults:
            return False
        if self.fault == "mixed":
            return self._plays_by_lot(fault)
        if self.fault != fault:
            return False
        place = self.counts["chances"] % self.every
        self.counts["chances"] += 1
        if self.lot and place == 0:
            self.drawn = self.draw.randrange(self.every)
        hits = place == (self.drawn if self.lot else self.every - 1)
        self.counts["faults"] += hits
        return hits

    def _plays_by_lot(self, fault: str) -> bool:
        """Each place at which one fault could hit is a chance of its own."""
        hits = fault in MIXED and self.draw.random() < 1 / (self.every * len(MIXED))
        self.counts["faults"] += hits
        return hits

    def greylists(self, message_id: str) -> bool:
        if self.fault != "greylist" or message_id in self.put_off:
            return False
        self.put_off.add(message_id)
        return True

    def accept(self, message_id: str, recipients: list[str], size: int, began: float) -> None:
        self.counts["accepted"] += 1
        self.counts["bytes"] += size
        self.seen[message_id] += 1
        if self.journal is not None:
            self.journal.write(f"{message_id} {','.join(recipients)} {began:.6f}\n")
            self.journal.flush()

    def report(self) -> dict[str, int]:
        doubles = sum(count - 1 for count in self.seen.values())
        return {**self.counts, "messages": len(self.seen), "doubles": doubles}


class Dialogue(asyncio.Protocol):
    """One connection."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.buffer = bytearray()
        self.reads_text = False
        self.ends = False
        self.began = 0.0
        self.recipients: list[str] = []
        self.commands: dict[bytes, Callable[[bytes], bytes]] = {
            b"EHLO": lambda line: ABILITIES,
            b"HELO": lambda line: OK,
            b"RSET": lambda line: OK,
            b"NOOP": lambda line: OK,
            b"MAIL": self._mail,
            b"RCPT": self._recipient,
            b"DATA": self._data,
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self.transport = transport
        self.sink.counts["connections"] += 1
        wire: socket.socket = transport.get_extra_info("socket")
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_silent = self.sink.plays("silent")
        if not self.is_silent:
            transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        if self.is_silent:
            return
        self.buffer += data
        answers = []
        while (answer := self._next_answer()) is not None:
            answers.append(answer)
        self._answer(b"".join(answers))
        if self.ends:
            asyncio.get_running_loop().call_later(2 * self.sink.latency, self.transport.close)

    def _next_answer(self) -> bytes | None:
        """Take one command, or one text, from the buffer; None when it is not complete."""
        if self.transport.is_closing() or self.is_silent or self.ends:
            return None
        end = END_OF_TEXT if self.reads_text else b"\r\n"
        taken, found, rest = bytes(self.buffer).partition(end)
        if not found:
            return None
        self.buffer = bytearray(rest)
        if self.reads_text:
            self.reads_text = False
            return self._text(taken)
        return self._command(taken)

    def _answer(self, answer: bytes) -> None:
        if not answer or self.transport.is_closing():
            return
        if self.sink.latency:
            asyncio.get_running_loop().call_later(self.sink.latency, self.transport.write, answer)
        else:
            self.transport.write(answer)

    def _command(self, line: bytes) -> bytes:
        word = line[:4].upper()
        if word == b"QUIT":
            self.transport.write(b"221 2.0.0 bye\r\n")
            self.transport.close()
            return b""
        known = self.commands.get(word)
        return known(line) if known else b"500 5.5.1 what\r\n"

    def _mail(self, line: bytes) -> bytes:
        self.recipients = []
        return self._goodbye() if self.sink.plays("closing") else OK

    def _goodbye(self) -> bytes:
        self.ends = True
        return CLOSING

    def _fall_silent(self) -> bytes:
        self.is_silent = True
        return b""

    def _recipient(self, line: bytes) -> bytes:
        if self.sink.plays("refuse-address"):
            return b"550 5.1.1 no such user\r\n"
        if self.sink.plays("closing-rcpt"):
            return self._goodbye()
        if self.sink.plays("stall-rcpt"):
            return self._fall_silent()
        named = ADDRESS.search(line)
        recipient = named.group(1).decode("latin-1") if named else "?"
        if self.sink.only in recipient and self.sink.plays("hang-up"):
            self.transport.abort()
            return b""
        self.recipients.append(recipient)
        return OK

    def _data(self, line: bytes) -> bytes:
        if not self.recipients:
            return b"503 5.5.1 for whom\r\n"
        self.reads_text = True
        self.began = time.time()
        return b"354 go on\r\n"

    def _text(self, text: bytes) -> bytes:
        found = MESSAGE_ID.search(text[:8000])
        message_id = found.group(1).decode("latin-1") if found else "?"
        if self.sink.plays("refuse"):
            return b"554 5.7.1 not wanted\r\n"
        if self.sink.plays("later") or self.sink.greylists(message_id):
            return b"451 4.7.1 try later\r\n"
        if self.sink.plays("closing-text"):
            return self._goodbye()
        self.sink.accept(message_id, self.recipients, len(text), self.began)
        if self.sink.plays("drop"):
            self.transport.abort()
            return b""
        return self._fall_silent() if self.sink.plays("stall") else OK


async def tell(sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    body = json.dumps(sink.report()).encode()
    writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + body)
    await writer.drain()
    writer.close()


async def serve(sink: Sink, *, port: int, stats_port: int | None) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Dialogue(sink), "127.0.0.1", port, backlog=512)
    if stats_port is not None:
        await asyncio.start_server(
            lambda reader, writer: tell(sink, reader, writer), "127.0.0.1", stats_port
        )
    sys.stdout.write(f"listening on {server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8125)
    parser.add_argument("--stats-port", type=int)
    parser.add_argument("--fault", choices=(*FAULTS, "mixed"), default="")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--faults", type=int, default=sys.maxsize)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lot", type=int, choices=(0, 1), default=0)
    parser.add_argument("--journal", type=Path)
    given = parser.parse_args()
    journal = given.journal.open("a", encoding="utf-8") if given.journal else None
    sink = Sink(
        fault=given.fault,
        every=given.every,
        faults=given.faults,
        latency=given.latency,
        only=given.only,
        lot=bool(given.lot),
        draw=random.Random(given.seed),
        journal=journal,
    )
    asyncio.run(serve(sink, port=given.port, stats_port=given.stats_port))


if __name__ == "__main__":
    main()
