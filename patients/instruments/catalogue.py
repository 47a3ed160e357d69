"""Every measure the software knows, and its units.

Ranges are those of the scale where it has one, otherwise hard limits of entry proposed for this
software. LOINC codes are given only where a page of the code's own publisher was seen; licences
of EAT-10 and sIFA, and the scoring of sIFA, are to be checked before use.
"""

from dataclasses import replace
from decimal import Decimal

from patients.instruments.errors import UnitMismatch, UnknownMeasure
from patients.instruments.measure import Direction, Measure, MeasureDomain

SCORE_ALIASES = ("score", "points", "point", "pts")
METRE_ALIASES = ("metre", "metres", "meter", "meters")
SECOND_ALIASES = ("sec", "secs", "second", "seconds")
COUNT_ALIASES = ("{#}", "{count}", "count", "1", "repetitions", "{#}/30s")
KILOGRAM_ALIASES = ("kilogram", "kilograms")
NEWTON_ALIASES = ("newton", "newtons")
LITRE_ALIASES = ("litre", "litres", "liter", "liters")
PERCENT_ALIASES = ("percent", "% predicted", "percent predicted")
ENZYME_ALIASES = ("IU/L", "[IU]/L", "units/l")
PRESSURE_ALIASES = ("mmHg", "mm Hg")
UPPER_LIMIT_RANGE = (Decimal(20), Decimal(2000))  # U/L; reported upper limits are 135 to 810

HIGH, LOW, CONTEXT = Direction.HIGH_IS_BETTER, Direction.LOW_IS_BETTER, Direction.CONTEXT


def _score(
    code: str, name: str, maximum: int, *, domain: MeasureDomain, direction: Direction = HIGH
) -> Measure:
    return Measure(
        code=code,
        name=name,
        unit="{score}",
        minimum=Decimal(0),
        maximum=Decimal(maximum),
        direction=direction,
        domain=domain,
        unit_aliases=SCORE_ALIASES,
    )


def _amount(
    code: str,
    name: str,
    limits: tuple[str, str],
    unit: tuple[str, tuple[str, ...]],
    *,
    direction: Direction,
    domain: MeasureDomain = MeasureDomain.FUNCTION,
    decimals: int = 1,
) -> Measure:
    return Measure(
        code=code,
        name=name,
        unit=unit[0],
        minimum=Decimal(limits[0]),
        maximum=Decimal(limits[1]),
        direction=direction,
        domain=domain,
        unit_aliases=unit[1],
        decimals=decimals,
    )


METRES = ("m", METRE_ALIASES)
SECONDS = ("s", SECOND_ALIASES)
KILOGRAMS = ("kg", KILOGRAM_ALIASES)
LITRES = ("L", LITRE_ALIASES)
PERCENT = ("%", PERCENT_ALIASES)
STANDS = ("{#}/(30.s)", COUNT_ALIASES)
PRESSURE = ("mm[Hg]", PRESSURE_ALIASES)
MMT, FUNCTION = MeasureDomain.MMT, MeasureDomain.FUNCTION
OTHER, VITALS = MeasureDomain.OTHER, MeasureDomain.VITALS

_STRENGTH = (
    replace(
        _score("MMT8", "Strength, MMT8 of one side", 80, domain=MMT),
        note="Eight muscles of one side, by convention the right, 0-10 each. Omits finger, wrist "
        "and hip flexors.",
    ),
    replace(
        _score("MMT8_BILATERAL", "Strength, MMT8 of both sides", 150, domain=MMT),
        note="Seven paired muscles and the neck flexors, 0-10 each.",
    ),
    _score("MMT24", "Strength, MMT24", 260, domain=MMT),
    replace(
        _score("MMT_MUSCLE", "Strength of one muscle, raw grade", 10, domain=MMT),
        needs_side=True,
        needs_muscle=True,
        needs_scale=True,
        note="The grade as given, with its scale. Grades of different scales are never converted "
        "or compared; one muscle alone is too noisy to act on.",
    ),
)

_FUNCTION = (
    replace(
        _score("IBMFRS", "IBM functional rating scale", 40, domain=FUNCTION),
        note="Ten items of 0-4. Two points matter on average, but lie inside the noise of one "
        "person; tracks hand strength poorly.",
    ),
    replace(
        _score("SIFA", "sIFA physical functioning", 110, domain=FUNCTION, direction=LOW),
        note="Eleven items of 0-10; some reports scale it to 0-100. Licence and scoring manual to "
        "be checked before use.",
    ),
    replace(
        _amount("WALK_6_MIN", "6-minute walk", ("0", "900"), METRES, direction=HIGH),
        loinc="64098-7",
    ),
    _amount("WALK_2_MIN", "2-minute walk", ("0", "300"), METRES, direction=HIGH),
    replace(
        _amount("TUG", "Timed up and go", ("3", "300"), SECONDS, direction=LOW, decimals=2),
        loinc="89423-8",
        note="Record arms used, aid and chair height with the visit.",
    ),
    replace(
        _amount(
            "MTUG", "Modified timed up and go", ("3", "300"), SECONDS, direction=LOW, decimals=2
        ),
        note="A series of its own; not compared with the timed up and go.",
    ),
    _amount("WALK_10_M", "10-metre walk", ("2", "180"), SECONDS, direction=LOW, decimals=2),
    replace(
        _amount(
            "SIT_TO_STAND_30_S", "30-second sit to stand", ("0", "40"), STANDS,
            direction=HIGH, decimals=0,
        ),
        loinc="66247-8",
    ),
    replace(
        _amount(
            "SIT_TO_STAND_30_S_ARMS", "30-second sit to stand, arms used", ("0", "40"), STANDS,
            direction=HIGH, decimals=0,
        ),
        loinc="93125-3",
        note="A series of its own; not compared with stands without arms.",
    ),
)  # fmt: skip

_OTHER = (
    replace(
        _amount("GRIP", "Grip strength", ("0", "90"), KILOGRAMS, direction=HIGH, domain=OTHER),
        needs_side=True,
        note="LOINC 83173-5 for the left hand, 83174-3 for the right.",
    ),
    replace(
        _amount(
            "KNEE_EXTENSION", "Knee extension, hand-held dynamometer", ("0", "1000"),
            ("N", NEWTON_ALIASES), direction=HIGH, domain=OTHER,
        ),
        needs_side=True,
        note="The smallest change that can be told from error is 23 to 65 %.",
    ),
    replace(
        _score("EAT10", "EAT-10 swallowing", 40, domain=OTHER, direction=LOW),
        note="Ten items of 0-4; 3 or more is abnormal. Licence to be checked before use.",
    ),
    _amount(
        "FVC_SITTING", "Forced vital capacity, sitting", ("0.3", "8.0"), LITRES,
        direction=HIGH, domain=OTHER, decimals=2,
    ),
    _amount(
        "FVC_SUPINE", "Forced vital capacity, lying", ("0.3", "8.0"), LITRES,
        direction=HIGH, domain=OTHER, decimals=2,
    ),
    _amount(
        "FVC_SITTING_PERCENT", "Forced vital capacity, sitting, of predicted", ("10", "150"),
        PERCENT, direction=HIGH, domain=OTHER,
    ),
    _amount(
        "FVC_SUPINE_PERCENT", "Forced vital capacity, lying, of predicted", ("10", "150"),
        PERCENT, direction=HIGH, domain=OTHER,
    ),
)  # fmt: skip

_BLOOD_AND_VITALS = (
    replace(
        _amount(
            "CK", "Creatine kinase", ("5", "200000"), ("U/L", ENZYME_ALIASES),
            direction=CONTEXT, domain=MeasureDomain.CK,
        ),
        needs_upper_limit=True,
        allows_unable=False,
        loinc="2157-6",
        note="With the laboratory's own upper limit. In IBM a normal CK does not predict better "
        "strength.",
    ),
    replace(
        _amount("WEIGHT", "Body weight", ("25", "300"), KILOGRAMS, direction=CONTEXT,
                domain=VITALS),
        allows_unable=False,
        loinc="29463-7",
    ),
    replace(
        _amount("BP_SYSTOLIC", "Blood pressure, systolic", ("60", "260"), PRESSURE,
                direction=CONTEXT, domain=VITALS, decimals=0),
        allows_unable=False,
        loinc="8480-6",
    ),
    replace(
        _amount("BP_DIASTOLIC", "Blood pressure, diastolic", ("30", "160"), PRESSURE,
                direction=CONTEXT, domain=VITALS, decimals=0),
        allows_unable=False,
        loinc="8462-4",
    ),
)  # fmt: skip

MEASURES: dict[str, Measure] = {
    measure.code: measure for measure in (*_STRENGTH, *_FUNCTION, *_BLOOD_AND_VITALS, *_OTHER)
}


def measure_for(code: str) -> Measure:
    """Return the measure of that code, in any letter case. Raise UnknownMeasure."""
    try:
        return MEASURES[code.strip().upper()]
    except KeyError:
        raise UnknownMeasure(code) from None


def canonical_unit(measure: Measure, unit: str | None) -> str:
    """Return the measure's unit for that unit or one of its other spellings.

    Only scores and counts may leave it out. Raise UnitMismatch, naming the unit to use; nothing
    is ever converted from another unit.
    """
    given = _folded(unit or "")
    if not given and measure.unit_may_be_left_out:
        return measure.unit
    if given not in {_folded(each) for each in (measure.unit, *measure.unit_aliases)}:
        raise UnitMismatch(measure.name, measure.unit)
    return measure.unit


def _folded(unit: str) -> str:
    return "".join(unit.split()).casefold()
