"""Writes a mail out as bytes. A header with a line break is refused, never sent."""

import binascii
import hashlib
import re
from email.header import Header
from functools import lru_cache

from django.core.mail import BadHeaderError
from django.core.mail.message import sanitize_address

from notifications.email.mail import Mail

BREAKS = re.compile("[\r\n\0]")
ONE_LINE = 78  # a longer subject is folded
LONGEST_LINE = 998  # octets of a line, RFC 5321
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


def as_bytes(mail: Mail) -> bytes:
    """Return the message as it goes over the wire, before the dots are doubled."""
    text, html = _lines(mail.text), _lines(mail.html)
    boundary = f"=_{hashlib.sha256(text + html).hexdigest()[:32]}"
    headers = (
        ("Subject", mail.subject),
        ("From", _address(mail.sender)),
        ("To", ", ".join([_address(each) for each in mail.to])),
        *mail.headers,
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    )
    head = "".join([f"{name}: {_header(name, value)}\r\n" for name, value in headers])
    line = f"--{boundary}".encode("ascii")
    parts = (_part("text/plain", text), _part("text/html", html))
    return b"\r\n".join([head.encode("ascii"), line, parts[0], line, parts[1], line + b"--", b""])


def _header(name: str, value: str) -> str:
    """Return a value in ASCII, on one line or folded."""
    if name != "Subject" and value.isascii() and value.isprintable():  # nearly all of them
        return value
    if BREAKS.search(value):
        raise BadHeaderError(f"{name} holds a line break")
    if value.isascii() and (len(value) <= ONE_LINE or name != "Subject"):
        return value
    charset = "ascii" if value.isascii() else "utf-8"
    return Header(value, charset, header_name=name).encode(linesep="\r\n")


@lru_cache(maxsize=1024)
def _address(value: str) -> str:
    if BREAKS.search(value):
        raise BadHeaderError("an address holds a line break")
    return value if PLAIN_ADDRESS.fullmatch(value) else sanitize_address(value, "utf-8")


def _lines(text: str) -> bytes:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain.replace("\n", "\r\n").encode("utf-8")


def _part(kind: str, content: bytes) -> bytes:
    how = "7bit" if content.isascii() else "8bit"
    if max(map(len, content.split(b"\r\n"))) > LONGEST_LINE:
        how = "quoted-printable"
        content = binascii.b2a_qp(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    head = f'Content-Type: {kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {how}\r\n\r\n'
    return head.encode("ascii") + content
