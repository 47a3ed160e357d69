"""What else is known of a patient, as JSON: one shape a kind, and what all versions share."""

from typing import Any

from rest_framework import serializers

from patients.facts import (
    NAMED_TESTS,
    Answer,
    Change,
    CircumstanceCode,
    FactKind,
    FollowUpItem,
    InfectionSite,
    MedicineCode,
    Result,
    SingleTest,
)
from patients.models import KnownFact
from patients.models.fact import MAX_TEXT
from patients.serializers.fields import (
    DayField,
    IdField,
    InstantField,
    TextField,
    WholeNumberField,
    WordField,
    YesNoField,
    json_day,
    json_instant,
)
from patients.serializers.strict import StrictSerializer

ROW = frozenset({"id", "version", "change", "reason", "replaces", "recorded_by", "recorded_at"})
UNTIL = "The first day without it; null while it lasts."
VERSIONS = ("STANDING", "ALL")


class VersionsQuery(StrictSerializer):
    versions = WordField(
        VERSIONS,
        default="STANDING",
        help_text="ALL adds what was replaced, and what was entered in error.",
    )


class NewMedicineSerializer(StrictSerializer):
    """On the list from a day until a day; OTHER with its name."""

    ignored = ROW

    medicine = WordField(MedicineCode.values)
    name = TextField(default="", allow_blank=True, max_length=80)
    from_on = DayField()
    until_on = DayField(default=None, allow_null=True, help_text=UNTIL)
    note = TextField(default="", allow_blank=True, max_length=500)


class NewTestSerializer(StrictSerializer):
    """A test that was done; a result that is not known is null."""

    ignored = ROW

    test = WordField([each.value for each in NAMED_TESTS])
    on = DayField()
    result = WordField(
        Result.values,
        default=None,
        allow_null=True,
        help_text="TPMT, NUDT15: NORMAL, INTERMEDIATE, POOR. Hepatitis: NEGATIVE, POSITIVE, "
        "NOT_CLEAR; of B, HBSAG and ANTI_HBC are tests of their own. Chest film: NORMAL, "
        "ABNORMAL. Without its result a test before methotrexate is still asked for.",
    )
    note = TextField(default="", allow_blank=True, max_length=500)


class NewFallSerializer(StrictSerializer):
    """`injured` is null where nobody knows."""

    ignored = ROW

    on = DayField()
    injured = YesNoField(default=None, allow_null=True)
    note = TextField(default="", allow_blank=True, max_length=500)


class NewInfectionSerializer(StrictSerializer):
    ignored = ROW

    infection = WordField(InfectionSite.values)
    from_on = DayField()
    until_on = DayField(default=None, allow_null=True, help_text=UNTIL)
    note = TextField(default="", allow_blank=True, max_length=500)


class NewCircumstanceSerializer(StrictSerializer):
    """An answer holds until the next one; NOT_ASKED takes an earlier one back."""

    ignored = ROW

    circumstance = WordField(CircumstanceCode.values)
    answer = WordField(Answer.values)
    on = DayField()
    note = TextField(default="", allow_blank=True, max_length=500)


class NewLowDoseReasonSerializer(StrictSerializer):
    """Why the patient stays on a low dose, beside a steroid-sparing drug."""

    ignored = ROW

    text = TextField(max_length=500)
    from_on = DayField()
    until_on = DayField(default=None, allow_null=True, help_text=UNTIL)


class NewSickDayPlanSerializer(StrictSerializer):
    """The clinician's own words, and who wrote them; nothing here makes a dose of its own."""

    ignored = ROW

    text = TextField(max_length=MAX_TEXT)
    written_by = TextField(max_length=80)
    on = DayField()
    card_given = YesNoField(
        default=None, allow_null=True, help_text="Whether the steroid card was given."
    )


class NewFollowUpSerializer(StrictSerializer):
    """What was looked at on a day, because of the steroid; the finding is a note."""

    ignored = ROW

    item = WordField(FollowUpItem.values)
    on = DayField()
    note = TextField(default="", allow_blank=True, max_length=500)


NEW: dict[FactKind, type[StrictSerializer]] = {
    FactKind.MEDICINE: NewMedicineSerializer,
    FactKind.TEST: NewTestSerializer,
    FactKind.FALL: NewFallSerializer,
    FactKind.INFECTION: NewInfectionSerializer,
    FactKind.CIRCUMSTANCE: NewCircumstanceSerializer,
    FactKind.LOW_DOSE_REASON: NewLowDoseReasonSerializer,
    FactKind.SICK_DAY_PLAN: NewSickDayPlanSerializer,
    FactKind.FOLLOW_UP: NewFollowUpSerializer,
}


class VersionSerializer(serializers.Serializer[Any]):
    """What every version tells of itself."""

    id = IdField()
    version = WholeNumberField(low=1)
    change = WordField(Change.values)
    reason = TextField(allow_blank=True)
    replaces = IdField(allow_null=True)
    recorded_by = TextField()
    recorded_at = InstantField()


def correction_of(kind: FactKind) -> type[StrictSerializer]:
    """The same fields with a reason; all of them, as they are right."""
    new = NEW[kind]
    name = new.__name__.replace("New", "").replace("Serializer", "CorrectionSerializer")
    reason = TextField(max_length=300)
    shape = {"ignored": ROW - {"reason"}, "reason": reason, "__doc__": new.__doc__}
    return type(name, (new,), shape | _words_of_before(kind))


def version_of(kind: FactKind) -> type[serializers.Serializer[Any]]:
    """The same fields as they are answered with."""
    new = NEW[kind]
    shape = {"__doc__": new.__doc__} | _words_of_before(kind)
    return type(new.__name__.replace("New", ""), (VersionSerializer, new), shape)


def _words_of_before(kind: FactKind) -> dict[str, Any]:
    """What is no longer recorded anew, and stands in rows of before."""
    if kind is not FactKind.TEST:
        return {}
    says = "HEPATITIS_B is of before HBSAG and ANTI_HBC: it is not recorded which test it was."
    return {"test": WordField(SingleTest.values, help_text=says)}


CORRECTED = {kind: correction_of(kind) for kind in NEW}
ANSWERED = {kind: version_of(kind) for kind in NEW}


class EndSerializer(StrictSerializer):
    until_on = DayField(help_text="The first day without it.")


class InErrorSerializer(StrictSerializer):
    reason = TextField(max_length=300)


def fact_json(row: KnownFact) -> dict[str, Any]:
    days = ("on", "from_on", "until_on")
    given = row.given
    return given | {n: json_day(given[n]) for n in days if n in given} | version_json(row)


def version_json(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "version": row.version,
        "change": row.change,
        "reason": row.reason,
        "replaces": str(row.replaces_id) if row.replaces_id else None,
        "recorded_by": row.recorded_by.get_full_name() or row.recorded_by.username,
        "recorded_at": json_instant(row.recorded_at),
    }
