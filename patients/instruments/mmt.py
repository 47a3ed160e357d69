"""Manual muscle testing: scales, muscles, sides. Grades are kept raw and never converted.

Two published conversions of MRC grades to 0-10 disagree (grade 4 is 8 in one, 7 in the other), so
there is none here, and no comparison across scales.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from patients.instruments.errors import BadReading, NoSum


class Scale(StrEnum):
    MRC = "MRC"
    MRC_EXPANDED = "MRC_EXPANDED"
    KENDALL = "KENDALL"

    @property
    def label(self) -> str:
        return {"MRC": "MRC 0-5", "MRC_EXPANDED": "MRC with + and -", "KENDALL": "Kendall 0-10"}[
            self.value
        ]


class Side(StrEnum):
    LEFT = "LEFT"
    RIGHT = "RIGHT"
    MIDLINE = "MIDLINE"


class Muscle(StrEnum):
    NECK_FLEXORS = "NECK_FLEXORS"
    MIDDLE_DELTOID = "MIDDLE_DELTOID"
    BICEPS = "BICEPS"
    WRIST_EXTENSORS = "WRIST_EXTENSORS"
    WRIST_FLEXORS = "WRIST_FLEXORS"
    DEEP_FINGER_FLEXORS = "DEEP_FINGER_FLEXORS"
    GLUTEUS_MAXIMUS = "GLUTEUS_MAXIMUS"
    GLUTEUS_MEDIUS = "GLUTEUS_MEDIUS"
    ILIOPSOAS = "ILIOPSOAS"
    QUADRICEPS = "QUADRICEPS"
    ANKLE_DORSIFLEXORS = "ANKLE_DORSIFLEXORS"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()

    @property
    def sides(self) -> tuple[Side, ...]:
        return (Side.MIDLINE,) if self is Muscle.NECK_FLEXORS else (Side.LEFT, Side.RIGHT)


TRACE = "T"  # Kendall's trace: no number on the form, counted as 0 in sums
GRADES: dict[Scale, tuple[str, ...]] = {
    Scale.MRC: ("0", "1", "2", "3", "4", "5"),
    Scale.MRC_EXPANDED: (
        "0", "1", "2-", "2", "2+", "3-", "3", "3+", "4-", "4", "4+", "5-", "5",
    ),
    Scale.KENDALL: ("0", TRACE, "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"),
}  # fmt: skip

# What a muscle adds to a total at most. Grades with + and - have no agreed number, so no total.
HIGHEST: dict[Scale, Decimal | None] = {
    Scale.MRC: Decimal(5),
    Scale.MRC_EXPANDED: None,
    Scale.KENDALL: Decimal(10),
}

MMT8_MUSCLES = (
    Muscle.NECK_FLEXORS,
    Muscle.MIDDLE_DELTOID,
    Muscle.BICEPS,
    Muscle.WRIST_EXTENSORS,
    Muscle.GLUTEUS_MAXIMUS,
    Muscle.GLUTEUS_MEDIUS,
    Muscle.QUADRICEPS,
    Muscle.ANKLE_DORSIFLEXORS,
)
# What IBM weakens first and most, right and left; MMT8 leaves the first three out.
IBM_MUSCLES = (
    Muscle.DEEP_FINGER_FLEXORS,
    Muscle.WRIST_FLEXORS,
    Muscle.ILIOPSOAS,
    Muscle.QUADRICEPS,
    Muscle.ANKLE_DORSIFLEXORS,
)


def check_grade(scale: Scale, grade: str) -> str:
    """Return the grade as the scale writes it. Raise BadReading, naming the grades there are."""
    written = grade.strip().upper()
    if written not in GRADES[scale]:
        raise BadReading("value", f"{scale.label} has the grades {', '.join(GRADES[scale])}.")
    return written


def sum_of(grades: Iterable[str], scale: Scale) -> Decimal:
    """Add up raw grades of one scale; trace counts 0. Raise NoSum for grades with + and -."""
    if scale is Scale.MRC_EXPANDED:
        raise NoSum
    checked = [check_grade(scale, grade) for grade in grades]
    return sum((Decimal(0 if grade == TRACE else grade) for grade in checked), Decimal(0))
