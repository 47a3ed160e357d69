"""Two values of one visit that cannot both be right: one is more than what it is a part of."""

from collections.abc import Sequence
from dataclasses import dataclass

from patients.instruments.errors import NotBoth
from patients.instruments.reading import Reading


@dataclass(frozen=True)
class Pair:
    """`lower` must stay below `upper`, or may equal it where `may_be_equal`."""

    lower: str
    upper: str
    may_be_equal: bool
    says: str


PAIRS = (
    Pair(
        "BP_DIASTOLIC",
        "BP_SYSTOLIC",
        may_be_equal=False,
        says="Blood pressure {upper}/{lower}: the systolic value must be above the diastolic.",
    ),
    Pair(
        "FALLS_30_D_INJURY",
        "FALLS_30_D",
        may_be_equal=True,
        says="{lower} falls with injury of {upper} in all: falls with injury are counted among "
        "all falls, from 0 to {upper} here.",
    ),
)


def check_pairs(readings: Sequence[Reading]) -> None:
    """Refuse values that contradict each other. Raise NotBoth, naming both measures."""
    values = {each.code: each.value for each in readings if each.value is not None}
    for pair in PAIRS:
        lower, upper = values.get(pair.lower), values.get(pair.upper)
        if lower is None or upper is None:
            continue
        if lower > upper or (lower == upper and not pair.may_be_equal):
            said = pair.says.format(lower=f"{lower:f}", upper=f"{upper:f}")
            raise NotBoth((pair.upper, pair.lower), said)
