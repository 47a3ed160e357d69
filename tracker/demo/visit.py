from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from patients.instruments.mmt import Muscle, Scale, Side
from patients.instruments.reading import Reading, check_reading

LABORATORY_UPPER_LIMIT = Decimal(200)


@dataclass(frozen=True)
class Visit:
    """A visit of a story: strength, function and CK, where each was measured."""

    days: int
    mmt8: int | None = None
    ibmfrs: int | None = None
    ck: int | None = None
    more: tuple[tuple[str, str, str], ...] = ()  # code, value, unit
    unable: tuple[str, ...] = ()
    kendall: tuple[tuple[Muscle, Side, int], ...] = ()  # single muscles, 0 to 10

    @property
    def readings(self) -> tuple[Reading, ...]:
        return (
            *self._scores(),
            *(check_reading(code=c, value=Decimal(v), unit=u) for c, v, u in self.more),
            *(check_reading(code=code, state="UNABLE") for code in self.unable),
            *(_graded(*each) for each in self.kendall),
        )

    def _scores(self) -> Iterator[Reading]:
        for code, score in (("MMT8", self.mmt8), ("IBMFRS", self.ibmfrs)):
            if score is not None:
                yield check_reading(code=code, value=Decimal(score), unit="{score}")
        if self.ck is not None:
            value, limit = Decimal(self.ck), LABORATORY_UPPER_LIMIT
            yield check_reading(code="CK", value=value, unit="U/L", upper_limit=limit)


def _graded(muscle: Muscle, side: Side, grade: int) -> Reading:
    return check_reading(
        code="MMT_MUSCLE", scale=Scale.KENDALL, muscle=muscle, side=side, grade=str(grade)
    )
