from django.db import models
from django.db.models import Q


class SweepState(models.Model):
    """One row: when anybody last swept, and whether the mail server is known to be away."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_sweep_at = models.DateTimeField(null=True, blank=True)
    sweeps = models.PositiveBigIntegerField(default=0)  # what a restored database has fewer of
    marker_lost_at = models.DateTimeField(null=True, blank=True)  # since when it cannot be written
    unreachable_since = models.DateTimeField(null=True, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="sweep_state_is_one_row", condition=Q(id=1)),
            models.CheckConstraint(
                name="sweep_state_probe_iff_unreachable",
                condition=(
                    Q(unreachable_since__isnull=True, probe_at__isnull=True)
                    | Q(unreachable_since__isnull=False, probe_at__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return "sweep state"
