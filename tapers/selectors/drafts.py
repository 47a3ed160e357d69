"""What the rulebook says of many drafts at once, for lists."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import F

from patients.selectors import clinical_snapshots
from tapers.domain.plan import Plan
from tapers.domain.rules.rule import Finding
from tapers.domain.rules.rulebook import findings
from tapers.models import PlanRevision, Taper
from tapers.selectors.facts import context_of_taper


def findings_of_drafts(
    drafts: Sequence[Taper], plans: Mapping[UUID, Plan]
) -> dict[UUID, tuple[Finding, ...]]:
    """Return the findings of each draft as of now, in four queries."""
    if not drafts:
        return {}
    revisions = _current_revisions(drafts)
    days = {draft.pk: (draft.patient_id, plans[draft.pk].starts_on) for draft in drafts}
    snapshots = clinical_snapshots(list(days.values()))
    return {
        draft.pk: findings(
            plan=plans[draft.pk],
            context=context_of_taper(
                taper=draft,
                plan=plans[draft.pk],
                revision=revisions[draft.pk],
                snapshot=snapshots[days[draft.pk]],
            ),
        )
        for draft in drafts
    }


def _current_revisions(tapers: Sequence[Taper]) -> dict[UUID, PlanRevision]:
    rows = PlanRevision.objects.filter(taper__in=tapers, number=F("taper__revision"))
    return {row.taper_id: row for row in rows}
