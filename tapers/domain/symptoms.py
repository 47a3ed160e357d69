"""What a patient may report, and what each report means: red flag, minor symptom, or other.

Red flags and minor symptoms are those of adrenal insufficiency (sources.CRISIS_SIGNS,
sources.ADRENAL_PAPER, sources.WITHDRAWAL_SIGNS). The wording for patients is about grade 6 and is
to be approved by the clinic.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MINOR_TOGETHER = 2  # minor symptoms are common; two of them are asked about (sources.PROPOSAL)
ACTS_WITHIN_DAYS = 7  # so long after its day a report asks somebody to act at once: proposal


class Group(StrEnum):
    RED_FLAG = "RED_FLAG"
    MINOR = "MINOR"
    OTHER = "OTHER"


class Advice(StrEnum):
    """What a patient is told at once, whatever the team makes of the report later.

    HISTORY: it was told too long after its day, and the patient is told nothing.
    """

    EMERGENCY = "EMERGENCY"
    CALL_TODAY = "CALL_TODAY"
    NOTHING_REPORTED = "NOTHING_REPORTED"
    HISTORY = "HISTORY"


class Symptom(StrEnum):
    FAINTING = "FAINTING"
    CONFUSION = "CONFUSION"
    REPEATED_VOMITING = "REPEATED_VOMITING"
    SEVERE_DIARRHOEA = "SEVERE_DIARRHOEA"
    SEVERE_WEAKNESS = "SEVERE_WEAKNESS"
    FATIGUE = "FATIGUE"
    NAUSEA = "NAUSEA"
    POOR_APPETITE = "POOR_APPETITE"
    WEIGHT_LOSS = "WEIGHT_LOSS"
    DIZZINESS_ON_STANDING = "DIZZINESS_ON_STANDING"
    ACHES = "ACHES"
    LOW_MOOD = "LOW_MOOD"
    FALL = "FALL"
    FALL_WITH_INJURY = "FALL_WITH_INJURY"
    CHOKING = "CHOKING"
    PNEUMONIA = "PNEUMONIA"
    FEVER = "FEVER"
    COUGH_OR_BREATHLESSNESS = "COUGH_OR_BREATHLESSNESS"
    DARK_URINE = "DARK_URINE"
    HIP_OR_GROIN_PAIN = "HIP_OR_GROIN_PAIN"

    @property
    def group(self) -> Group:
        return _FACTS[self].group

    @property
    def label(self) -> str:
        """For the care team."""
        return _FACTS[self].label

    @property
    def patient_text(self) -> str:
        """For the patient, as the words beside a box to tick."""
        return _FACTS[self].patient_text

    @property
    def is_red_flag(self) -> bool:
        return self.group is Group.RED_FLAG

    @property
    def is_minor(self) -> bool:
        return self.group is Group.MINOR


@dataclass(frozen=True)
class _SymptomFacts:
    group: Group
    label: str
    patient_text: str


_FACTS = {
    Symptom.FAINTING: _SymptomFacts(
        Group.RED_FLAG, "Fainting or collapse", "I fainted or collapsed"
    ),
    Symptom.CONFUSION: _SymptomFacts(
        Group.RED_FLAG, "Confusion or marked sleepiness", "I am confused or very sleepy"
    ),
    Symptom.REPEATED_VOMITING: _SymptomFacts(
        Group.RED_FLAG,
        "Repeated vomiting",
        "I keep vomiting, or cannot keep my tablets down",
    ),
    Symptom.SEVERE_DIARRHOEA: _SymptomFacts(
        Group.RED_FLAG, "Severe diarrhoea", "I have bad diarrhoea"
    ),
    Symptom.SEVERE_WEAKNESS: _SymptomFacts(
        Group.RED_FLAG,
        "Marked weakness with fever, cold sweats or abdominal pain",
        "I feel very weak, with fever, cold sweats or belly pain",
    ),
    Symptom.FATIGUE: _SymptomFacts(Group.MINOR, "New fatigue", "I am more tired than before"),
    Symptom.NAUSEA: _SymptomFacts(Group.MINOR, "Nausea", "I feel sick"),
    Symptom.POOR_APPETITE: _SymptomFacts(Group.MINOR, "Poor appetite", "I do not feel like eating"),
    Symptom.WEIGHT_LOSS: _SymptomFacts(Group.MINOR, "Weight loss", "I am losing weight"),
    Symptom.DIZZINESS_ON_STANDING: _SymptomFacts(
        Group.MINOR, "Dizziness on standing", "I am dizzy when I stand up"
    ),
    Symptom.ACHES: _SymptomFacts(
        Group.MINOR, "Aching muscles or joints", "My muscles or joints ache"
    ),
    Symptom.LOW_MOOD: _SymptomFacts(Group.MINOR, "Low mood", "I feel low"),
    Symptom.FALL: _SymptomFacts(Group.OTHER, "Fall without injury", "I fell and was not hurt"),
    Symptom.FALL_WITH_INJURY: _SymptomFacts(Group.OTHER, "Fall with injury", "I fell and was hurt"),
    Symptom.CHOKING: _SymptomFacts(
        Group.OTHER, "Choking on food or drink", "I choked on food or drink"
    ),
    Symptom.PNEUMONIA: _SymptomFacts(Group.OTHER, "Pneumonia", "A doctor told me I have pneumonia"),
    Symptom.FEVER: _SymptomFacts(
        Group.OTHER, "Fever or infection", "I have a fever or an infection"
    ),
    Symptom.COUGH_OR_BREATHLESSNESS: _SymptomFacts(
        Group.OTHER, "New cough or breathlessness", "I have a new cough or am short of breath"
    ),
    Symptom.DARK_URINE: _SymptomFacts(Group.OTHER, "Dark urine", "My urine is dark, like cola"),
    Symptom.HIP_OR_GROIN_PAIN: _SymptomFacts(
        Group.OTHER, "Hip or groin pain", "My hip or groin hurts"
    ),
}


def of_group(group: Group) -> tuple[Symptom, ...]:
    """Return the symptoms of that group in the order in which they are asked."""
    return tuple(symptom for symptom in Symptom if symptom.group is group)


def red_flags_in(symptoms: Iterable[Symptom]) -> tuple[Symptom, ...]:
    return _in_order(symptom for symptom in symptoms if symptom.is_red_flag)


def minor_symptoms_in(symptoms: Iterable[Symptom]) -> tuple[Symptom, ...]:
    return _in_order(symptom for symptom in symptoms if symptom.is_minor)


def has_red_flag(symptoms: Iterable[Symptom]) -> bool:
    """Tell whether an adrenal crisis is possible: one red flag is enough."""
    return bool(red_flags_in(symptoms))


def has_minor_pattern(symptoms: Iterable[Symptom]) -> bool:
    """Tell whether there are two or more different minor symptoms."""
    return len(minor_symptoms_in(symptoms)) >= MINOR_TOGETHER


def is_told_too_late(*, happened_on: date, told_on: date) -> bool:
    """Tell whether it was told too late for anybody to act at once: it is only kept."""
    return (told_on - happened_on).days > ACTS_WITHIN_DAYS


def advice_for(symptoms: Iterable[Symptom], *, is_history: bool = False) -> Advice:
    """Return what the patient is told at once. Anything reported is worth a call today."""
    if is_history:
        return Advice.HISTORY
    reported = frozenset(symptoms)
    if has_red_flag(reported):
        return Advice.EMERGENCY
    return Advice.CALL_TODAY if reported else Advice.NOTHING_REPORTED


def _in_order(symptoms: Iterable[Symptom]) -> tuple[Symptom, ...]:
    reported = frozenset(symptoms)
    return tuple(symptom for symptom in Symptom if symptom in reported)
