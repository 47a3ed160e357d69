"""What a mail server's answer means for the mail and for its address."""

from dataclasses import dataclass
from enum import Enum, auto

TOO_MANY_RECIPIENTS = 452


class Meaning(Enum):
    ACCEPTED = auto()
    LATER = auto()  # put off: this mail again after a while
    ADDRESS_REFUSED = auto()  # nobody lives there: a person must correct the address
    CONTENT_REFUSED = auto()  # this one mail is not wanted
    UNKNOWN = auto()  # the line dropped after the text and before the answer
    UNREACHABLE = auto()  # not the mail's fault: no attempt is charged


@dataclass(frozen=True)
class Reply:
    meaning: Meaning
    code: int | None = None
    text: str = ""
    refused: tuple[str, ...] = ()  # recipients refused although others were accepted
    line_lost: bool = False  # the connection is of no more use


def meaning_of_recipient(code: int) -> Meaning:
    """Return what the answer to RCPT means."""
    if 200 <= code < 300:
        return Meaning.ACCEPTED
    return Meaning.ADDRESS_REFUSED if code >= 500 else Meaning.LATER


def meaning_of_data(code: int) -> Meaning:
    """Return what the answer to DATA, or to the text, means."""
    if 200 <= code < 300:
        return Meaning.ACCEPTED
    return Meaning.CONTENT_REFUSED if code >= 500 else Meaning.LATER
