from datetime import datetime


def last_sweep_at() -> datetime | None:
    return None


def oldest_due_at(*, at: datetime) -> datetime | None:
    return None
