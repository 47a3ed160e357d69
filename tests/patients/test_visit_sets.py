"""Which measures a clinic enters at each visit, and what is kept while they are typed."""

import pytest

from patients.errors import BadInput, NotPermitted
from patients.instruments.visit_sets import CHOOSABLE, STANDARD_SETS
from patients.models import AuditEvent, VisitDraft
from patients.selectors import draft_of, has_chosen_visit_set, visit_set_of
from patients.services.visit_drafts import drop_draft, keep_draft
from patients.services.visit_sets import choose_visit_set
from patients.vocabulary import VisitKind
from tests.factories import ClinicFactory

pytestmark = pytest.mark.django_db
VISIT, LABORATORY = VisitKind.VISIT, VisitKind.LABORATORY


@pytest.fixture
def choose(lead, clinic, at):
    def choose(*codes, kind=VISIT, actor=lead):
        return choose_visit_set(actor=actor, clinic=clinic, kind=kind, codes=codes, at=at)

    return choose


class TestSets:
    def test_the_standard_sets_can_be_chosen_and_hold_what_a_full_visit_needs(self):
        for codes in STANDARD_SETS.values():
            assert set(codes) <= set(CHOOSABLE)
            assert len(set(codes)) == len(codes)
        assert {"MMT8", "IBMFRS", "CK", "WEIGHT", "HBA1C", "FALLS_30_D"} <= set(
            STANDARD_SETS[VISIT]
        )
        assert set(STANDARD_SETS) == set(VisitKind.values)

    def test_a_clinic_has_the_standard_set_until_it_chooses(self, choose, clinic):
        assert visit_set_of(clinic=clinic, kind=VISIT) == STANDARD_SETS[VISIT]

        choose("CK", "IBMFRS", "MMT24")

        assert visit_set_of(clinic=clinic, kind=VISIT) == ("CK", "IBMFRS", "MMT24")
        assert has_chosen_visit_set(clinic=clinic, kind=VISIT)
        assert visit_set_of(clinic=clinic, kind=LABORATORY) == STANDARD_SETS[LABORATORY]
        assert visit_set_of(clinic=ClinicFactory(), kind=VISIT) == STANDARD_SETS[VISIT]

    def test_the_next_choice_replaces_it_and_says_what_was_before(self, choose, clinic):
        choose("CK", "IBMFRS")
        choose("IBMFRS", "CK")

        trail = [row.details for row in AuditEvent.objects.filter(event="CLINIC_CHANGED")]
        assert visit_set_of(clinic=clinic, kind=VISIT) == ("IBMFRS", "CK")
        assert {each["visit_set"] for each in trail} == {"VISIT"}
        assert ["CK", "IBMFRS"] in [each["before"] for each in trail]

    @pytest.mark.parametrize(
        ("codes", "field"),
        [
            ((), "codes"),
            (("CK", "CK"), "codes.1"),
            (("CK", "NONSENSE"), "codes.1"),
            (("MMT_MUSCLE",), "codes.0"),
            (("IBMFRS_1_SWALLOWING",), "codes.0"),
            (("CK",) * 1000, "codes"),
        ],
    )
    def test_what_cannot_be_chosen_is_named_by_its_place(self, choose, clinic, codes, field):
        with pytest.raises(BadInput) as refused:
            choose(*codes)

        assert refused.value.field == field
        assert not has_chosen_visit_set(clinic=clinic, kind=VISIT)

    def test_an_unknown_kind_is_refused(self, choose):
        with pytest.raises(BadInput) as refused:
            choose("CK", kind="HOLIDAY")

        assert refused.value.field == "kind"

    @pytest.mark.parametrize("who", ["nurse", "prescriber", "reader", "stranger"])
    def test_only_a_lead_may(self, who, request, choose):
        with pytest.raises(NotPermitted):
            choose("CK", actor=request.getfixturevalue(who))


class TestDrafts:
    def keep(self, actor, patient, at, **typed):
        return keep_draft(actor=actor, patient=patient, kind=VISIT, typed=typed, at=at)

    def test_the_last_state_is_kept_for_the_person_who_typed_it(
        self, nurse, prescriber, patient, at
    ):
        self.keep(nurse, patient, at, mmt8="6")
        self.keep(nurse, patient, at, mmt8="68")

        assert draft_of(actor=nurse, patient=patient, kind=VISIT).typed == {"mmt8": "68"}
        assert draft_of(actor=prescriber, patient=patient, kind=VISIT) is None
        assert draft_of(actor=nurse, patient=patient, kind=LABORATORY) is None

    def test_a_draft_is_dropped_and_dropping_nothing_is_fine(self, nurse, patient, at):
        self.keep(nurse, patient, at, mmt8="6")
        for _ in range(2):
            drop_draft(actor=nurse, patient=patient, kind=VISIT)

        assert not VisitDraft.objects.exists()

    def test_whatever_is_typed_can_be_kept(self, nurse, patient, at):
        kept = self.keep(nurse, patient, at, mmt8="\x00" + "x" * 5000, note="1e400")

        assert kept.typed == {"mmt8": "x" * 999, "note": "1e400"}

    def test_endless_fields_are_refused(self, nurse, patient, at):
        with pytest.raises(BadInput):
            self.keep(nurse, patient, at, **{f"f{number}": "1" for number in range(301)})

    @pytest.mark.parametrize("who", ["reader", "coordinator", "stranger"])
    def test_others_may_not(self, who, request, patient, at):
        with pytest.raises(NotPermitted):
            self.keep(request.getfixturevalue(who), patient, at, mmt8="6")
