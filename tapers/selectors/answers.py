"""What counts as an answer to each rule, when its place among the warnings is judged.

An answer is an event of the patient's record that fits the rule: for most a change of a taper or of
a steroid-sparing drug, for others a visit, a blood value, a medicine that was ended. Where what
the rule asks for happens outside this software, no event can tell, and nothing is claimed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from patients.facts import FactKind
from patients.vocabulary import Event


@dataclass(frozen=True)
class Answer:
    """An event of that name; with one of the *measures* in it, or about one *kind* of fact."""

    event: Event
    measures: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def fits(self, event: str, details: Mapping[str, Any]) -> bool:
        if event != self.event:
            return False
        if self.measures and not self.measures & set(details.get("codes", ())):
            return False
        return not self.kinds or details.get("kind") in self.kinds


def _visit(*measures: str) -> tuple[Answer, ...]:
    events = (Event.ASSESSMENT_RECORDED, Event.ASSESSMENT_CORRECTED)
    return tuple(Answer(event, measures=frozenset(measures)) for event in events)


def _fact(*kinds: FactKind) -> tuple[Answer, ...]:
    events = (Event.FACT_RECORDED, Event.FACT_ENDED, Event.FACT_CORRECTED, Event.FACT_IN_ERROR)
    return tuple(Answer(event, kinds=frozenset(str(kind) for kind in kinds)) for event in events)


CHANGES = tuple(
    Answer(event)
    for event in (
        Event.TAPER_STARTED,
        Event.PLAN_REVISED,
        Event.TAPER_HELD,
        Event.TAPER_RESUMED,
        Event.TAPER_STOPPED,
        Event.TAPER_COMPLETED,
        Event.SPARING_STARTED,
        Event.SPARING_REVISED,
        Event.SPARING_ENDED,
    )
)
DOSE_TOLD = (Answer(Event.EXPOSURE_RECORDED), Answer(Event.EXPOSURE_CORRECTED))
MEDICINES = _fact(FactKind.MEDICINE)
KNOWN = _fact(FactKind.MEDICINE, FactKind.TEST, FactKind.CIRCUMSTANCE)
LIVER, KIDNEY = ("ALT", "AST", "ALBUMIN"), ("CREATININE", "CREATININE_MG", "EGFR")
BLOOD = ("WHITE_CELLS", "NEUTROPHILS", "PLATELETS")

ALSO: dict[str, tuple[Answer, ...]] = {
    "NO_PLAN": DOSE_TOLD,
    "DOSE_GT10": DOSE_TOLD,
    "STEP_LATE": (Answer(Event.STEP_REPORTED),),
    "ASSESS_BASELINE": _visit(),
    "ASSESS_OVERDUE": _visit(),
    "MMT_DROP": _visit(),
    "IBMFRS_DROP": _visit(),
    "CK_URGENT": _visit("CK"),
    "LAB_OVERDUE": _visit(*LIVER, *KIDNEY, *BLOOD),
    "ADRENAL_RED": (Answer(Event.RED_FLAG_LIFTED),),
    "ADRENAL_MINOR": _visit("MORNING_CORTISOL", "MORNING_CORTISOL_UG"),
    "MTX_TMP_SMX": MEDICINES,
    "MTX_NO_FOLATE": KNOWN,
    "MTX_PREGNANCY": KNOWN,
    "MTX_LUNG": KNOWN,
    "MTX_RENAL": (*_visit(*KIDNEY), Answer(Event.INFUSION_RECORDED)),
    "MTX_LIVER": _visit(*LIVER),
    "MTX_CYTOPENIA": _visit(*BLOOD),
    "AZA_ALLOPURINOL": MEDICINES,
    "AZA_INTERACTION": MEDICINES,
    "AZA_NO_TPMT": KNOWN,
    "AZA_SLOW": KNOWN,
    "HEPATITIS_POSITIVE": KNOWN,
    "CHEST_FILM_ABNORMAL": KNOWN,
    "AZA_COUNTS": _visit(*BLOOD),
    "SPARING_INFECTION": _fact(FactKind.INFECTION),
    "SPARING_LIVE_VACCINE": KNOWN,
}
OUTSIDE = frozenset({"SWALLOW", "FALLS"})  # a referral, a talk, an aid: not recorded


def answers_to(code: str) -> tuple[Answer, ...]:
    """Return what answers that rule; none where what it asks for is not recorded here."""
    return () if code in OUTSIDE else CHANGES + ALSO.get(code, ())
