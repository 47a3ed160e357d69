"""What the application refuses: a stable code for programs, a sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


class Refused(Exception):
    code = "REFUSED"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field


class NotAuthenticated(Refused):
    code = "NOT_AUTHENTICATED"

    def __init__(self, message: str = "Log in first.") -> None:
        super().__init__(message)


class NotPermitted(Refused):
    code = "FORBIDDEN"


class NotFound(Refused):
    """Not there, or another clinic's: the answer does not tell which."""

    code = "NOT_FOUND"

    def __init__(
        self, message: str = "There is no such record.", *, field: str | None = None
    ) -> None:
        super().__init__(message, field=field)


class BadInput(Refused):
    """A value that cannot be taken; `fields` names each with its messages."""

    code = "INVALID"

    def __init__(
        self,
        field: str | None,
        message: str,
        *,
        fields: Mapping[str, list[str]] | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message, code=code, field=field)
        self.fields: dict[str, list[str]] = dict(fields or {})
        if field is not None:
            self.fields.setdefault(field, [message])

    @classmethod
    def of(cls, fields: Mapping[str, list[str]]) -> "BadInput":
        first, messages = next(iter(fields.items()))
        return cls(first, messages[0], fields=fields)


class Conflict(Refused):
    """The request is well formed, but the record is in a state that does not allow it."""

    code = "CONFLICT"


class AlreadyMember(Conflict):
    code = "ALREADY_MEMBER"


@dataclass(frozen=True)
class NewerVersion:
    id: UUID
    version: int


class AlreadyCorrected(Conflict):
    """Somebody was faster; *current* is the version that now stands."""

    code = "ALREADY_CORRECTED"

    def __init__(self, message: str, *, current: NewerVersion) -> None:
        super().__init__(message)
        self.current = current


class Unlikely(Conflict):
    """Allowed, but unlikely: to be sent again, confirmed. `fields` says what is asked where."""

    code = "UNLIKELY"

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__("Some values are unlikely. Check them, and confirm those that are right.")
        self.fields = dict(fields)


class StillInFlight(Conflict):
    """The same change was sent before and is being made."""

    code = "IN_FLIGHT"
    retry_after = 1  # seconds

    def __init__(self) -> None:
        super().__init__("This was sent before and is being worked on; send it again shortly.")


class KeyReused(Refused):
    """One key, two requests that are not the same."""

    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key came before with another request; use a new one.")


class NoStandingConsent(Conflict):
    code = "NO_STANDING_CONSENT"


class NoAddress(Conflict):
    code = "NO_ADDRESS"


class TaskAlreadyDone(Conflict):
    code = "TASK_ALREADY_DONE"
