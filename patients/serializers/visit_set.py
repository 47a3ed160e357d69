from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from patients.instruments.visit_sets import CHOOSABLE
from patients.serializers.fields import FewField, TextField, WordField, YesNoField
from patients.serializers.strict import StrictSerializer
from patients.vocabulary import VisitKind


class NewVisitSetSerializer(StrictSerializer):
    ignored = frozenset({"is_standard"})

    kind = WordField(VisitKind.values)
    codes = FewField(
        child=TextField(max_length=40),
        most=len(CHOOSABLE),
        allow_empty=False,
        help_text="Codes of measures, in the order of the form; neither items nor single muscles.",
    )


class VisitSetSerializer(serializers.Serializer[Any]):
    """What is entered together at each visit of that kind."""

    kind = WordField(VisitKind.values)
    codes = serializers.ListField(child=serializers.CharField())
    is_standard = YesNoField(help_text="The clinic has chosen nothing of its own.")


def visit_set_json(*, kind: VisitKind, codes: Sequence[str], is_standard: bool) -> dict[str, Any]:
    return {"kind": kind.value, "codes": list(codes), "is_standard": is_standard}
