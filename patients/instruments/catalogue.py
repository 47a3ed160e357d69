"""Every measure the software knows, and its units.

Ranges are those of the scale where it has one, otherwise hard limits of entry proposed for this
software; so are the limits of what is likely. LOINC codes are given only where a page of the
code's own publisher was seen; licences of EAT-10 and sIFA, and the scoring of sIFA, are to be
checked before use.
"""

from dataclasses import replace
from decimal import Decimal

from patients.instruments.errors import UnitMismatch, UnknownMeasure
from patients.instruments.items import ITEMS
from patients.instruments.likely import LIKELY
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
CELL_ALIASES = ("10^9/L", "x10^9/L", "10E9/L", "G/L", "10*3/uL", "10^3/uL", "K/uL")
UPPER_LIMIT_RANGE = (Decimal(20), Decimal(2000))  # U/L; reported upper limits are 135 to 810
U_PER_L_OF_A_MICROKATAL = Decimal(60)  # 1 microkatal is 1 micromole a second, 1 U one a minute

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
        note="Write arms used, aid and chair height into the visit's note.",
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
        upper_limit_range=UPPER_LIMIT_RANGE,
        converts_from=(
            ("ukat/L", U_PER_L_OF_A_MICROKATAL),
            ("\u00b5kat/L", U_PER_L_OF_A_MICROKATAL),
        ),
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


def _laboratory(
    code: str,
    name: str,
    limits: tuple[str, str],
    unit: tuple[str, tuple[str, ...]],
    *,
    decimals: int = 1,
) -> Measure:
    return replace(
        _amount(code, name, limits, unit, direction=CONTEXT, domain=OTHER, decimals=decimals),
        allows_unable=False,
    )


def _cells(code: str, name: str, limits: tuple[str, str], lower_limits: tuple[str, str]) -> Measure:
    return replace(
        _laboratory(code, name, limits, ("10*9/L", CELL_ALIASES), decimals=2),
        needs_lower_limit=True,
        lower_limit_range=(Decimal(lower_limits[0]), Decimal(lower_limits[1])),
        note="With the laboratory's own lower limit.",
    )


def _liver_enzyme(code: str, name: str) -> Measure:
    return replace(
        _laboratory(code, name, ("1", "20000"), ("U/L", ENZYME_ALIASES)),
        needs_upper_limit=True,
        upper_limit_range=(Decimal(10), Decimal(200)),
        converts_from=(
            ("ukat/L", U_PER_L_OF_A_MICROKATAL),
            ("\u00b5kat/L", U_PER_L_OF_A_MICROKATAL),
        ),
        note="With the laboratory's own upper limit.",
    )


_LABORATORY = (
    replace(
        _laboratory("HBA1C", "HbA1c", ("3", "20"), PERCENT),
        loinc="4548-4",
        note="A series of its own; not compared with mmol/mol.",
    ),
    replace(
        _laboratory("HBA1C_IFCC", "HbA1c, IFCC", ("9", "195"), ("mmol/mol", ()), decimals=0),
        note="A series of its own; not compared with per cent.",
    ),
    replace(
        _laboratory("MORNING_CORTISOL", "Morning cortisol", ("0", "3000"), ("nmol/L", ())),
        asks_about_dose=True,
        loinc="14679-5",
        note="Classified in nmol/L as reported: the limits in the other unit are not the same. "
        "Note when blood was drawn, the last dose, and oral oestrogen.",
    ),
    replace(
        _laboratory(
            "MORNING_CORTISOL_UG", "Morning cortisol, \u00b5g/dL", ("0", "110"),
            ("ug/dL", ("mcg/dL", "\u00b5g/dL")),
        ),
        asks_about_dose=True,
        loinc="9813-7",
        note="Classified in \u00b5g/dL as reported: the limits in the other unit are not the same. "
        "Note when blood was drawn, the last dose, and oral oestrogen.",
    ),
    _cells("WHITE_CELLS", "White blood cells", ("0", "500"), ("2", "6")),
    _cells("NEUTROPHILS", "Neutrophils", ("0", "200"), ("0.5", "4")),
    _cells("PLATELETS", "Platelets", ("0", "3000"), ("80", "250")),
    _liver_enzyme("ALT", "ALT"),
    _liver_enzyme("AST", "AST"),
    replace(
        _laboratory("HAEMOGLOBIN", "Haemoglobin", ("2", "25"), ("g/dL", ("g/100mL",))),
        converts_from=(("g/L", Decimal("0.1")),),
        note="Shown in g/dL; g/L is converted, and what was written is kept.",
    ),
    replace(
        _laboratory("ALBUMIN", "Albumin", ("5", "80"), ("g/L", ())),
        converts_from=(("g/dL", Decimal(10)),),
    ),
    _laboratory("CREATININE", "Creatinine", ("10", "2500"), ("umol/L", ("\u00b5mol/L",))),
    _laboratory(
        "CREATININE_MG", "Creatinine, mg/dL", ("0.1", "30"), ("mg/dL", ()), decimals=2
    ),
    _laboratory(
        "EGFR", "Estimated kidney function (eGFR)", ("1", "200"),
        ("mL/min/{1.73_m2}", ("mL/min/1.73m2", "mL/min", "mL/min/1.73 m2")),
    ),
)  # fmt: skip

_FALLS = (
    replace(
        _amount(
            "FALLS_30_D", "Falls in the last 30 days", ("0", "200"),
            ("{#}/(30.d)", ("{#}", "count", "falls", "1")),
            direction=LOW, domain=OTHER, decimals=0,
        ),
        allows_unable=False,
        note="As remembered for the 30 days before the visit.",
    ),
    replace(
        _amount(
            "FALLS_30_D_INJURY", "Falls with injury in the last 30 days", ("0", "200"),
            ("{#}/(30.d)", ("{#}", "count", "falls", "1")),
            direction=LOW, domain=OTHER, decimals=0,
        ),
        allows_unable=False,
        note="Those of the falls in which the patient was hurt.",
    ),
)  # fmt: skip

MEASURES: dict[str, Measure] = {
    measure.code: replace(measure, likely=LIKELY.get(measure.code))
    for measure in (
        *_STRENGTH, *_FUNCTION, *_BLOOD_AND_VITALS, *_OTHER, *_LABORATORY, *_FALLS, *ITEMS
    )
}  # fmt: skip


def measure_for(code: str) -> Measure:
    """Return the measure of that code, in any letter case. Raise UnknownMeasure."""
    try:
        return MEASURES[code.strip().upper()]
    except KeyError:
        raise UnknownMeasure(code) from None


def canonical_unit(measure: Measure, unit: str | None) -> str:
    """Return the measure's unit for that unit, one of its other spellings, or one it converts.

    Only scores and counts may leave it out. Raise UnitMismatch, naming the unit to use.
    """
    given = _folded(unit or "")
    if not given and measure.unit_may_be_left_out:
        return measure.unit
    spellings = (measure.unit, *measure.unit_aliases, *(each for each, _ in measure.converts_from))
    if given not in {_folded(each) for each in spellings}:
        raise UnitMismatch(measure.name, measure.unit)
    return measure.unit


def factor_from(measure: Measure, unit: str | None) -> Decimal:
    """Return what a value in that unit is multiplied by to be in the measure's own; mostly 1."""
    factors = {_folded(each): factor for each, factor in measure.converts_from}
    return factors.get(_folded(unit or ""), Decimal(1))


def _folded(unit: str) -> str:
    return "".join(unit.split()).casefold()
