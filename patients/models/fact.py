from datetime import date
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from patients.facts import COLUMNS_OF, LASTING, TRUTHS, Answer, Change, FactKind, Result

MAX_TEXT = 2000
TRUE_OR_FALSE = {"injured", "card_given"}
ANSWERS = sorted({*Answer.values, *Result.values})
NEEDS_REASON = [Change.CORRECTED.value, Change.IN_ERROR.value]


def versions_of(name: str) -> "list[models.CheckConstraint]":
    """Constraints of a table whose rows are never changed: what follows a row is its next version.

    An end says its day, and needs no reason.
    """
    return [
        models.CheckConstraint(
            condition=Q(replaces__isnull=True, version=1, change=Change.RECORDED.value)
            | (
                Q(replaces__isnull=False, version__gt=1, change__in=Change.values)
                & ~Q(change=Change.RECORDED.value)
            ),
            name=f"{name}_first_version_is_recorded",
        ),
        models.CheckConstraint(
            condition=(Q(change__in=NEEDS_REASON) & ~Q(reason=""))
            | (~Q(change__in=NEEDS_REASON) & Q(reason="")),
            name=f"{name}_correction_has_a_reason",
        ),
    ]


class Versioned(models.Model):
    """A row that is never changed: an end, a correction or "entered in error" is a next version."""

    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    version = models.PositiveSmallIntegerField(default=1)
    change = models.CharField(max_length=16, choices=Change, default=Change.RECORDED)
    reason = models.CharField(max_length=300, blank=True, default="")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


class KnownFact(Versioned):
    """One dated statement about a patient; which columns it uses follows from its kind.

    `from_on` is its day, or the first day of what lasts; `until_on` the first day without it.
    `code` says which medicine, test, infection or question; `answer` what came out, and for a
    fall whether the patient was hurt; "" is not known.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=16, choices=FactKind)
    code = models.CharField(max_length=40, blank=True, default="")
    answer = models.CharField(max_length=16, blank=True, default="")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    text = models.CharField(max_length=MAX_TEXT, blank=True, default="")
    written_by = models.CharField(max_length=80, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            *versions_of("fact"),
            models.CheckConstraint(
                condition=Q(kind__in=FactKind.values) & Q(answer__in=["", *ANSWERS]),
                name="fact_words_are_known",
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True)
                | Q(until_on__gt=F("from_on"), kind__in=[each.value for each in LASTING]),
                name="fact_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(kind=FactKind.SICK_DAY_PLAN.value) | (~Q(text="") & ~Q(written_by="")),
                name="fact_sick_day_plan_is_signed",
            ),
        ]
        indexes = [models.Index(fields=["patient", "kind", "-from_on"], name="fact_of_patient")]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version} {self.id}"

    @property
    def given(self) -> dict[str, Any]:
        """The fields of its kind, by the names they were given under; what is not known is None."""
        columns = COLUMNS_OF[self.kind]
        fields = {name: getattr(self, column) for name, column in columns.items()}
        for name in TRUE_OR_FALSE & set(fields):
            fields[name] = TRUTHS[fields[name]]
        if "result" in fields:
            fields["result"] = fields["result"] or None
        return fields

    def in_force_on(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day < self.until_on)
