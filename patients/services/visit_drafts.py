"""Half-finished visits: kept for the person who typed them, until recorded or thrown away."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from patients.access import Permission, check
from patients.errors import BadInput
from patients.models import Patient, VisitDraft
from patients.services import _values as values
from patients.vocabulary import VisitKind

MAX_FIELDS = 300
MAX_TYPED = 1000


@transaction.atomic
def keep_draft(
    *, actor: User, patient: Patient, kind: str, typed: Mapping[str, str], at: datetime
) -> VisitDraft:
    """Keep the fields as they were typed, wrong ones too, in place of what was kept before."""
    check(actor, Permission.RECORD_ASSESSMENT, patient)
    clean = values.checked({"kind": kind}, {"kind": values.one_of(VisitKind)})
    if len(typed) > MAX_FIELDS:
        raise BadInput("typed", f"At most {MAX_FIELDS} fields.")
    kept = {name: text[:MAX_TYPED].replace("\x00", "") for name, text in typed.items()}
    draft, _ = VisitDraft.objects.update_or_create(
        patient=patient, kept_by=actor, **clean, defaults={"typed": kept, "kept_at": at}
    )
    return draft


@transaction.atomic
def drop_draft(*, actor: User, patient: Patient, kind: str) -> None:
    """Throw away what this person typed; nothing kept is nothing to do."""
    check(actor, Permission.RECORD_ASSESSMENT, patient)
    VisitDraft.objects.filter(patient=patient, kept_by=actor, kind=kind).delete()
