"""The version that now stands, of a row that has been replaced."""

from patients.errors import NewerVersion
from patients.models import Assessment, KnownFact, SteroidExposure

LINKS = {Assessment: "corrects", KnownFact: "replaces", SteroidExposure: "replaces"}


def newer_than(row: Assessment | KnownFact | SteroidExposure) -> NewerVersion | None:
    """Name the last of the versions that follow *row*; None while it is the last itself."""
    last = _next(row)
    while last is not None and (after := _next(last)) is not None:
        last = after
    return None if last is None else NewerVersion(id=last.pk, version=last.version)


def _next(
    row: Assessment | KnownFact | SteroidExposure,
) -> Assessment | KnownFact | SteroidExposure | None:
    return type(row).objects.filter(**{LINKS[type(row)]: row}).first()
