from dataclasses import dataclass
from email.utils import parseaddr


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
        return parseaddr(self.sender)[1]
