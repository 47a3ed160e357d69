"""Who signed the clinical rules for a clinic, and whether they still read as they did."""

from hashlib import sha256

from django.contrib.auth.models import User
from django.db.models import QuerySet

from patients.access import visible_clinics
from patients.models import Clinic
from tapers.domain.rules.rulebook import VERSION, markdown
from tapers.models import RulebookSignature
from tapers.selectors.protocols import version_of


def rules_sha256() -> str:
    """Return the digest of the rules as they read now."""
    return sha256(markdown().encode("utf-8")).hexdigest()


def signatures_for(*, actor: User, clinic: Clinic) -> QuerySet[RulebookSignature]:
    """Return the signatures of one of the actor's clinics, newest first."""
    rows = RulebookSignature.objects.filter(
        clinic=clinic, clinic__in=visible_clinics(actor=actor)
    ).select_related("signed_by")
    return rows.order_by("-signed_at", "-id")


def is_of_today(signature: RulebookSignature, *, clinic: Clinic) -> bool:
    """Tell whether rules and settings are those that were signed."""
    signed = (signature.rulebook_version, signature.text_sha256, signature.protocol_version)
    return signed == (VERSION, rules_sha256(), version_of(clinic))
