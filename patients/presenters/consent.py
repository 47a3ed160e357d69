"""The text a patient agrees to. A changed text gets a new version; consents keep theirs."""

from dataclasses import dataclass

from patients.vocabulary import Content

TEXT_VERSION = "2026-11"
TEXT = (
    "Your care team would like to remind you by e-mail of the days on which your dose changes "
    "and of your visits.",
    "E-mail is not private: others who use your mailbox or your devices may read it, and it can "
    "go astray. Unless you want more, our mails say only that there is something to do in your "
    "health plan, on which day, and how to reach us. They name no medicine, dose or disease.",
    "You may also ask for mails that name the medicine and the dose.",
    "You may withdraw this at any time by telling us. Your treatment does not depend on it: "
    "we can phone or write instead.",
    "Mail is no way to reach us in an emergency. If you feel unwell, call.",
)


@dataclass(frozen=True)
class Level:
    value: str
    says: str


LEVELS = (
    Level(Content.MINIMAL, "The day and how to reach the clinic: no medicine, no dose"),
    Level(Content.DETAILS, "Also the medicine and the dose"),
)
