"""Follow-up of steroid effects as JSON: what is due when, and when it was done last."""

from typing import Any

from rest_framework import serializers

from patients.serializers.fields import DayField, WordField, json_day
from tapers.domain.side_by_side import SideBySide
from tapers.domain.toxicity import FollowUp, Item, State, When


class NextFollowUpSerializer(serializers.Serializer[Any]):
    """The next one of an item; overdue 28 days after the day it fell due."""

    item = WordField(Item)
    name = serializers.CharField()
    asks = serializers.CharField()
    when = WordField(When)
    due_on = DayField()
    state = WordField(State)
    last_done_on = DayField(allow_null=True)


class ToxicitySerializer(serializers.Serializer[Any]):
    """From the first day of the taper, without one of the steroid, to a year after the last."""

    as_of = DayField()
    begins_on = DayField(allow_null=True)
    ends_on = DayField(allow_null=True, help_text="null while no end of the steroid is in sight.")
    items = NextFollowUpSerializer(many=True)


def toxicity_json(course: SideBySide) -> dict[str, Any]:
    return {
        "as_of": json_day(course.as_of),
        "begins_on": json_day(course.follow_up_begins_on),
        "ends_on": json_day(course.follow_up_ends_on),
        "items": [follow_up_json(each) for each in course.follow_up],
    }


def follow_up_json(each: FollowUp) -> dict[str, Any]:
    return {
        "item": each.item.value,
        "name": each.item.label,
        "asks": each.item.asks,
        "when": each.when.value,
        "due_on": json_day(each.due_on),
        "state": each.state.value,
        "last_done_on": json_day(each.last_done_on),
    }
