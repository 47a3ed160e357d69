"""Readings as a visit brings them, already checked by the instruments."""

from decimal import Decimal

from patients.instruments.reading import check_reading

MMT8 = check_reading(code="MMT8", value=Decimal(62), unit="points")
IBMFRS = check_reading(code="IBMFRS", value=Decimal(28))
CK = check_reading(code="CK", value=Decimal(420), unit="IU/L", upper_limit=Decimal(200))
WALK = check_reading(code="WALK_6_MIN", value=Decimal(310), unit="m")
UNABLE_TO_RISE = check_reading(code="TUG", unit="s", state="UNABLE")
FULL_VISIT = (MMT8, IBMFRS, CK)
