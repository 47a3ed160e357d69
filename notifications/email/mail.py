from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache


@dataclass(frozen=True)
class Mail:
    """One message, ready to be written out: what it says, to whom, and its further headers."""

    subject: str
    text: str
    html: str
    sender: str
    to: tuple[str, ...]
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def envelope_sender(self) -> str:
        return _address_of(self.sender)


@lru_cache(maxsize=8)
def _address_of(sender: str) -> str:
    return parseaddr(sender)[1]
