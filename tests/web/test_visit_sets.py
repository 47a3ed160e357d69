"""The page on which a lead arranges what is entered at a visit."""

import pytest

from patients.instruments.visit_sets import STANDARD_SETS
from patients.models import VisitSetMeasure
from patients.selectors import visit_set_of
from patients.vocabulary import VisitKind
from tests.factories import VisitSetMeasureFactory

PAGE = "/clinic/visits"


@pytest.fixture
def lead_client(client_of, lead):
    return client_of(lead)


def order_in(response) -> list[str]:
    return [row.code for row in response.context["rows"]]


def test_the_form_of_a_visit_shows_the_chosen_set_first_and_the_rest_behind_a_fold(
    nurse_client, patient, clinic
):
    for position, code in enumerate(("CK", "GRIP", "MMT24")):
        VisitSetMeasureFactory(clinic=clinic, position=position, code=code)

    page = nurse_client.get(f"/patients/{patient.pk}/visits/new")

    shown = [entry.value.name for group in page.context["groups"] for entry in group.entries]
    others = [entry.value.name for group in page.context["others"] for entry in group.entries]
    assert shown == ["ck", "grip.right", "grip.left", "mmt24"]
    assert "mmt8" in others
    assert not set(shown) & set(others)


@pytest.mark.parametrize(
    ("pressed", "order"),
    [
        ("up:GRIP", ["GRIP", "CK", "TUG"]),
        ("down:GRIP", ["CK", "TUG", "GRIP"]),
        ("up:CK", ["CK", "GRIP", "TUG"]),
        ("down:TUG", ["CK", "GRIP", "TUG"]),
        ("out:GRIP", ["CK", "TUG"]),
        ("in:EAT10", ["CK", "GRIP", "TUG", "EAT10"]),
        ("in:CK", ["CK", "GRIP", "TUG"]),
        ("in:NONSENSE", ["CK", "GRIP", "TUG"]),
        ("nonsense", ["CK", "GRIP", "TUG"]),
        ("standard", list(STANDARD_SETS["VISIT"])),
    ],
)
def test_a_button_arranges_the_set_and_nothing_holds_until_it_is_kept(
    lead_client, clinic, pressed, order
):
    answer = lead_client.post(PAGE, {"codes": ["CK", "GRIP", "TUG"], "do": pressed})

    assert order_in(answer) == order
    assert not VisitSetMeasure.objects.exists()


def test_a_lead_keeps_the_set_of_each_kind(lead_client, clinic):
    answer = lead_client.post(
        f"{PAGE}?kind=LABORATORY", {"codes": ["ALT", "CK"], "do": "keep"}, follow=True
    )

    assert order_in(answer) == ["ALT", "CK"]
    assert not answer.context["is_changed"]
    assert visit_set_of(clinic=clinic, kind=VisitKind.LABORATORY) == ("ALT", "CK")
    assert visit_set_of(clinic=clinic, kind=VisitKind.VISIT) == STANDARD_SETS["VISIT"]


def test_an_empty_set_is_refused_with_a_sentence(lead_client, clinic):
    answer = lead_client.post(PAGE, {"do": "keep"})

    assert "Choose at least one measure." in answer.content.decode()
    assert not VisitSetMeasure.objects.exists()


def test_others_read_the_set_and_may_not_arrange_it(nurse_client, clinic):
    said = nurse_client.get(PAGE).content.decode()

    assert "Strength, MMT8 of one side" in said
    assert "Keep this set" not in said
    assert nurse_client.post(PAGE, {"codes": ["CK"], "do": "keep"}).status_code == 403


def test_a_kind_that_does_not_exist_is_not_there(lead_client):
    assert lead_client.get(f"{PAGE}?kind=HOLIDAY").status_code == 404
