from decimal import Decimal
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tapers.domain.dose import (
    Dose,
    Drug,
    DurationClass,
    TabletCount,
    TabletStrength,
    check_daily_mg,
    check_entered_mg,
    drug_called,
    from_prednisone_mg,
    mean_of_alternate_days,
    mg_text,
    tablets_for,
    to_prednisone_mg,
)
from tapers.domain.errors import (
    DoseNotANumber,
    DoseOutOfRange,
    OffGrid,
    OutOfRange,
    StrengthNotPossible,
    TooPrecise,
    UnknownDrug,
)
from tests.domain.strategies import DRUGS, STRENGTHS

US_TABLETS = tuple(TabletStrength(Decimal(mg)) for mg in ("1", "2.5", "5", "10", "20", "50"))

# mg equal to 5 mg of prednisone, class, the adrenal rules' own line, exposure above
TABLE = [
    ("PREDNISONE", "5", "INTERMEDIATE", "5", "4"),
    ("PREDNISOLONE", "5", "INTERMEDIATE", "5", "4"),
    ("METHYLPREDNISOLONE", "4", "INTERMEDIATE", "4", "3"),
    ("TRIAMCINOLONE", "4", "INTERMEDIATE", "4", "3.2"),
    ("DEXAMETHASONE", "0.75", "LONG", "0.375", "0.25"),
    ("BETAMETHASONE", "0.75", "LONG", "0.75", "0.6"),
    ("HYDROCORTISONE", "20", "SHORT", "20", "15"),
    ("CORTISONE", "25", "SHORT", "25", "20"),
    ("DEFLAZACORT", "6", "INTERMEDIATE", "6", "4.8"),
]


@pytest.mark.parametrize(("name", "equal", "duration", "physiologic", "exposure"), TABLE)
def test_the_table_of_drugs(
    name: str, equal: str, duration: str, physiologic: str, exposure: str
) -> None:
    drug = Drug(name)

    assert drug.mg_equal_to_prednisone_5 == Decimal(equal)
    assert drug.duration_class == duration
    assert drug.is_long_acting == (duration == DurationClass.LONG)
    assert drug.physiologic_mg == Decimal(physiologic)
    assert drug.exposure_mg == Decimal(exposure)
    assert to_prednisone_mg(drug=drug, mg=Decimal(equal)) == 5


def test_the_table_names_every_drug() -> None:
    assert {row[0] for row in TABLE} == set(Drug)


def test_the_equivalent_is_computed_exactly_not_by_a_rounded_factor() -> None:
    assert Dose(Drug.DEXAMETHASONE, Decimal("1.5")).prednisone_mg == 10
    assert Dose(Drug.METHYLPREDNISOLONE, Decimal(16)).prednisone_mg == 20


@given(DRUGS, st.decimals(0, 200, places=3))
def test_from_prednisone_and_back_is_the_same_dose(drug: Drug, mg: Decimal) -> None:
    own = from_prednisone_mg(drug=drug, prednisone_mg=mg)

    assert to_prednisone_mg(drug=drug, mg=own) == mg


@pytest.mark.parametrize("text", ["prednisone", "PREDNISONE", " Prednisone "])
def test_a_drug_is_called_in_any_letter_case(text: str) -> None:
    assert drug_called(text) is Drug.PREDNISONE


@pytest.mark.parametrize("text", ["", "aspirin", "prednisone 5 mg", "\x00", "p" * 5000])
def test_an_unknown_drug_is_refused_with_the_list(text: str) -> None:
    with pytest.raises(UnknownDrug) as refused:
        drug_called(text)

    assert "Methylprednisolone" in refused.value.message
    assert len(refused.value.message) < 300


@pytest.mark.parametrize("mg", ["NaN", "sNaN", "Infinity", "-1", "-0.001"])
def test_a_dose_is_a_number_of_0_or_more(mg: str) -> None:
    with pytest.raises(DoseNotANumber):
        Dose(Drug.PREDNISONE, Decimal(mg))


@pytest.mark.parametrize(("mg", "refusal"), [("0.00001", TooPrecise), ("1e400", OutOfRange)])
def test_a_dose_has_four_decimals_and_an_end(mg: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        Dose(Drug.PREDNISONE, Decimal(mg))


@pytest.mark.parametrize("mg", ["0", "-5", "200.5", "NaN", "1e400"])
def test_a_present_dose_lies_above_0_and_up_to_200_mg(mg: str) -> None:
    with pytest.raises(DoseOutOfRange) as refused:
        check_daily_mg(drug=Drug.PREDNISONE, daily_mg=Decimal(mg))

    assert refused.value.field == "daily_mg"
    assert refused.value.message == "Give a dose above 0 and up to 200 mg of prednisone a day."


def test_the_highest_dose_is_counted_in_prednisone() -> None:
    check_daily_mg(drug=Drug.METHYLPREDNISOLONE, daily_mg=Decimal(160))

    with pytest.raises(DoseOutOfRange, match="up to 160 mg of methylprednisolone"):
        check_daily_mg(drug=Drug.METHYLPREDNISOLONE, daily_mg=Decimal(161))


@pytest.mark.parametrize(
    ("drug", "mg", "is_possible"),
    [
        (Drug.PREDNISONE, "12.25", True),
        (Drug.PREDNISONE, "33.3", False),
        (Drug.PREDNISONE, "0.1", False),
        (Drug.METHYLPREDNISOLONE, "13.5", True),
        (Drug.DEXAMETHASONE, "0.375", True),
        (Drug.DEXAMETHASONE, "0.38", False),
    ],
)
def test_a_dose_is_entered_in_quarters_of_a_mg_or_finer_where_the_drug_is_strong(
    drug: Drug, mg: str, is_possible: bool
) -> None:
    if is_possible:
        check_entered_mg(drug=drug, mg=Decimal(mg), field="daily_mg")
    else:
        with pytest.raises(OffGrid, match="in steps of"):
            check_entered_mg(drug=drug, mg=Decimal(mg), field="daily_mg")


def test_alternate_days_are_their_mean() -> None:
    mean = mean_of_alternate_days(daily_mg=Decimal(25), alternate_daily_mg=Decimal(0))

    assert mean == Decimal("12.5")


def test_alternate_days_refuse_what_is_no_dose() -> None:
    with pytest.raises(DoseNotANumber) as refused:
        mean_of_alternate_days(daily_mg=Decimal(25), alternate_daily_mg=Decimal(-1))

    assert refused.value.field == "alternate_daily_mg"


@pytest.mark.parametrize(
    ("mg", "text"),
    [("40", "40"), ("40.0000", "40"), ("7.50", "7.5"), ("0.0", "0"), ("1E+2", "100"), ("-0", "0")],
)
def test_mg_are_written_without_exponent_and_idle_zeros(mg: str, text: str) -> None:
    assert mg_text(Decimal(mg)) == text


@pytest.mark.parametrize(
    ("daily_mg", "tablets"),
    [
        ("0", []),
        ("70", ["50", "20"]),
        ("40", ["20", "20"]),
        ("60", ["50", "10"]),
        ("12", ["10", "1", "1"]),
        ("7.5", ["5", "2.5"]),
        ("35", ["20", "10", "5"]),
    ],
)
def test_a_dose_is_made_of_the_fewest_tablets(daily_mg: str, tablets: list[str]) -> None:
    counts = tablets_for(daily_mg=Decimal(daily_mg), strengths=US_TABLETS)

    assert counts is not None
    assert [each.strength_mg for each in counts for _ in range(int(each.count))] == [
        Decimal(mg) for mg in tablets
    ]


@pytest.mark.parametrize("daily_mg", ["0.5", "1.5", "7.6"])
def test_some_doses_cannot_be_made(daily_mg: str) -> None:
    assert tablets_for(daily_mg=Decimal(daily_mg), strengths=US_TABLETS) is None


def test_nothing_can_be_made_of_an_empty_stock_but_0_mg() -> None:
    assert tablets_for(daily_mg=Decimal(5), strengths=()) is None
    assert tablets_for(daily_mg=Decimal(0), strengths=()) == ()


def test_halves_are_of_scored_tablets_only() -> None:
    plain, scored = TabletStrength(Decimal(5)), TabletStrength(Decimal(5), scored=True)

    assert tablets_for(daily_mg=Decimal("7.5"), strengths=(plain,)) is None
    assert tablets_for(daily_mg=Decimal("7.5"), strengths=(scored,)) == (
        TabletCount(Decimal(5), Decimal("1.5")),
    )


def test_of_two_ways_with_as_many_pieces_the_one_without_halves_is_taken() -> None:
    strengths = (TabletStrength(Decimal(5), scored=True), TabletStrength(Decimal("2.5")))

    counts = tablets_for(daily_mg=Decimal("7.5"), strengths=strengths)

    assert counts == (
        TabletCount(Decimal(5), Decimal(1)),
        TabletCount(Decimal("2.5"), Decimal(1)),
    )


def test_of_two_ways_as_good_the_larger_strength_is_taken() -> None:
    strengths = tuple(TabletStrength(Decimal(mg)) for mg in (1, 3, 4, 6))

    counts = tablets_for(daily_mg=Decimal(7), strengths=strengths)

    assert counts == (TabletCount(Decimal(6), Decimal(1)), TabletCount(Decimal(1), Decimal(1)))


@given(STRENGTHS, st.decimals(0, 60, places=2))
def test_tablets_always_add_up_to_the_dose(
    strengths: tuple[TabletStrength, ...], daily_mg: Decimal
) -> None:
    counts = tablets_for(daily_mg=daily_mg, strengths=strengths)

    assume(counts is not None)
    assert counts is not None
    assert sum((each.strength_mg * each.count for each in counts), Decimal(0)) == daily_mg
    assert len({each.strength_mg for each in counts}) == len(counts)
    scored = {each.strength_mg for each in strengths if each.scored}
    assert all(each.count % 1 == 0 or each.strength_mg in scored for each in counts)


@given(STRENGTHS, st.integers(1, 24))
def test_no_way_has_fewer_pieces_and_none_is_overlooked(
    strengths: tuple[TabletStrength, ...], quarters: int
) -> None:
    daily_mg = Decimal(quarters) / 4

    counts = tablets_for(daily_mg=daily_mg, strengths=strengths)

    fewest = _fewest_pieces_by_trying(daily_mg, strengths)
    assert (None if counts is None else sum(_pieces(each) for each in counts)) == fewest


def _pieces(each: TabletCount) -> int:
    return int(each.count + Decimal("0.5"))


def _fewest_pieces_by_trying(
    daily_mg: Decimal, strengths: tuple[TabletStrength, ...]
) -> int | None:
    """All ways of at most a few pieces; 6 mg of 0.5 mg tablets are 12, of halves 24."""
    pieces = {each.strength_mg for each in strengths}
    pieces |= {each.strength_mg / 2 for each in strengths if each.scored}
    fitting = sorted(piece for piece in pieces if piece <= daily_mg)
    ranges = [range(int(daily_mg / piece) + 1) for piece in fitting]
    counts = [
        sum(way)
        for way in product(*ranges)
        if sum((n * piece for n, piece in zip(way, fitting, strict=True)), Decimal(0)) == daily_mg
    ]
    return min(counts, default=None)


@pytest.mark.parametrize("mg", ["0", "-1", "NaN", "Infinity", "0.01", "101", "2.53", "1e400"])
def test_a_strength_that_no_tablet_has_is_refused(mg: str) -> None:
    with pytest.raises(StrengthNotPossible):
        TabletStrength(Decimal(mg))


def test_many_odd_strengths_do_not_take_forever() -> None:
    odd = ("0.1", "0.15", "0.35", "0.95", "7.35", "22.75", "36", "50", "99.95", "100")
    strengths = tuple(TabletStrength(Decimal(mg), scored=True) for mg in odd)

    counts = tablets_for(daily_mg=Decimal("999.9"), strengths=strengths)

    assert counts is not None
    assert sum(each.count for each in counts) == 10
