from uuid import uuid4

from django.db import models
from django.db.models import Q

from patients.vocabulary import VisitKind


class VisitSetMeasure(models.Model):
    """A measure that the clinic enters at each visit of that kind, and its place in the form.

    A clinic without any of a kind has chosen nothing and gets the set the software comes with.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    clinic = models.ForeignKey("patients.Clinic", models.PROTECT, related_name="visit_sets")
    kind = models.CharField(max_length=16, choices=VisitKind)
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "kind", "position"], name="visit_set_position_once"
            ),
            models.UniqueConstraint(fields=["clinic", "kind", "code"], name="visit_set_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=VisitKind.values), name="visit_set_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position} {self.code}"
