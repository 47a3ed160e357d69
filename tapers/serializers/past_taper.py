from patients.serializers.fields import (
    FewField,
    NumberField,
    TextField,
    WholeNumberField,
    WordField,
)
from patients.serializers.strict import StrictSerializer
from tapers.domain.dose import Drug
from tapers.serializers.proposal import MAX_DAILY_MG
from tapers.serializers.taper import MAX_STEPS, NewStepSerializer
from tapers.services.past_tapers import MAX_EXPOSURE_DAYS


class PastTaperSerializer(StrictSerializer):
    """A taper finished elsewhere: each step on the day it was really taken, the last at 0 mg."""

    drug = WordField(Drug)
    daily_mg = NumberField(
        high=MAX_DAILY_MG, above_low=True, unit="mg", help_text="The dose before the first step."
    )
    steps = FewField(child=NewStepSerializer(), allow_empty=False, most=MAX_STEPS)
    exposure_days = WholeNumberField(
        high=MAX_EXPOSURE_DAYS,
        unit="days",
        default=None,
        allow_null=True,
        help_text="On the drug before the first step; null is not known.",
    )
    note = TextField(default="", allow_blank=True, max_length=500)
