from uuid import UUID

from patients.errors import NotFound

NO_PATIENT = "There is no such patient in your clinics."


def uuid_or_not_found(text: UUID | str, message: str) -> UUID:
    """What cannot be an id is not there: 404, like the id of another clinic's row."""
    if isinstance(text, UUID):
        return text
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise NotFound(message) from None
