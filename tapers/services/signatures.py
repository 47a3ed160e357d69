"""A prescriber signs the clinical rules for the clinic, as they read on that day."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Permission, check
from patients.models import Clinic
from patients.vocabulary import Event
from tapers.domain.rules.rulebook import VERSION
from tapers.errors import RulesChanged
from tapers.models import RulebookSignature
from tapers.selectors.protocols import protocol_of, version_of
from tapers.selectors.signatures import rules_sha256
from tapers.services.protocols import NAMES
from tapers.services.revisions import words


@transaction.atomic
def sign_rules(
    *,
    actor: User,
    clinic: Clinic,
    rulebook_version: str,
    protocol_version: int,
    note: str = "",
    at: datetime,
) -> RulebookSignature:
    """Record who signed; both versions are those that were read, and must still be in force."""
    check(actor, Permission.SIGN_RULES, clinic)
    note = words("note", note, blank=True)
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    if (rulebook_version, protocol_version) != (VERSION, version_of(clinic)):
        raise RulesChanged
    protocol = protocol_of(clinic)
    signature = RulebookSignature.objects.create(
        clinic=clinic,
        rulebook_version=VERSION,
        text_sha256=rules_sha256(),
        protocol_version=protocol_version,
        chosen={name: str(getattr(protocol, name)) for name in NAMES},
        note=note,
        signed_by=actor,
        signed_at=at,
    )
    audit.record(
        Event.RULES_SIGNED,
        clinic=clinic,
        actor=actor,
        at=at,
        subject=signature,
        rulebook=VERSION,
        protocol=protocol_version,
    )
    return signature
