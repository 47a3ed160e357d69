"""Where each reading is entered: one field a measure and side, and the fields beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from patients.instruments.catalogue import MEASURES
from patients.instruments.items import items_of
from patients.instruments.measure import Measure
from patients.instruments.mmt import IBM_MUSCLES, MMT8_MUSCLES, Muscle, Side
from patients.instruments.visit_sets import CHOOSABLE
from patients.presenters.measures import SIDES, unit_words

GRADED = "MMT_MUSCLE"
MUSCLES = (*MMT8_MUSCLES, *(muscle for muscle in IBM_MUSCLES if muscle not in MMT8_MUSCLES))
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Strength", ("MMT8", "MMT8_BILATERAL", "MMT24")),
    ("Function", ("IBMFRS", "SIFA")),
    (
        "Walking and rising",
        (
            "WALK_6_MIN",
            "WALK_2_MIN",
            "WALK_10_M",
            "TUG",
            "MTUG",
            "SIT_TO_STAND_30_S",
            "SIT_TO_STAND_30_S_ARMS",
        ),
    ),
    ("Hand and knee", ("GRIP", "KNEE_EXTENSION")),
    (
        "Swallowing and breathing",
        ("EAT10", "FVC_SITTING", "FVC_SUPINE", "FVC_SITTING_PERCENT", "FVC_SUPINE_PERCENT"),
    ),
    ("Falls", ("FALLS_30_D", "FALLS_30_D_INJURY")),
    ("Weight and blood pressure", ("WEIGHT", "BP_SYSTOLIC", "BP_DIASTOLIC")),
    ("Muscle enzyme", ("CK",)),
    ("Blood counts", ("HAEMOGLOBIN", "WHITE_CELLS", "NEUTROPHILS", "PLATELETS")),
    ("Liver and kidney", ("ALT", "AST", "ALBUMIN", "CREATININE", "CREATININE_MG", "EGFR")),
    ("Sugar", ("HBA1C", "HBA1C_IFCC")),
    ("Morning cortisol", ("MORNING_CORTISOL", "MORNING_CORTISOL_UG")),
)
TITLE_OF = {code: title for title, codes in GROUPS for code in codes}
ORDER = tuple(code for _, codes in GROUPS for code in codes)


@dataclass(frozen=True)
class Slot:
    """The name of the field, and what is entered there."""

    name: str
    measure: Measure
    side: Side | None = None
    muscle: Muscle | None = None

    @property
    def label(self) -> str:
        name = self.muscle.label if self.muscle else self.measure.name
        side = SIDES[self.side] if self.side else ""
        return f"{name}, {side}" if side else name

    @property
    def key(self) -> tuple[str, str, str]:
        return self.measure.code, self.side or "", self.muscle or ""

    @property
    def units(self) -> tuple[tuple[str, str], ...]:
        """The units to choose from, where there is a choice: code and what is shown."""
        if not self.measure.converts_from:
            return ()
        return (
            (self.measure.unit, unit_words(self.measure)),
            (self.measure.converts_from[0][0], self.measure.converts_from[-1][0]),
        )

    @property
    def may_be_unable(self) -> bool:
        return self.measure.allows_unable and self.muscle is None

    def beside(self, what: str) -> str:
        return f"{self.name}_{what}"


def slots_of(code: str) -> Iterator[Slot]:
    """Return the fields of a measure without those of its parts."""
    measure = MEASURES[code]
    if not measure.needs_side:
        yield Slot(measure.code.lower(), measure)
        return
    for side in (Side.RIGHT, Side.LEFT):
        yield Slot(f"{measure.code}.{side.value}".lower(), measure, side)


def item_slots(code: str) -> tuple[Slot, ...]:
    return tuple(Slot(item.code.lower(), item) for item in items_of(code))


def muscle_slots() -> Iterator[Slot]:
    for muscle in MUSCLES:
        for side in muscle.sides:
            yield Slot(f"{muscle.value}.{side.value}".lower(), MEASURES[GRADED], side, muscle)


def _all_slots() -> Iterator[Slot]:
    for code in CHOOSABLE:
        yield from slots_of(code)
        yield from item_slots(code)
    yield from muscle_slots()


SLOTS = tuple(_all_slots())
