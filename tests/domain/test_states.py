from itertools import product

import pytest

from tapers.domain.errors import WrongStatus
from tapers.domain.states import RUNNING, Action, Status, mermaid, next_status

TABLE = {
    "DRAFT": "ACTIVATE>ACTIVE REVISE>DRAFT DISCARD>ENTERED_IN_ERROR",
    "ACTIVE": "REVISE>ACTIVE REPORT_STEP>ACTIVE HOLD>ON_HOLD STOP>REVOKED COMPLETE>COMPLETED",
    "ON_HOLD": "REVISE>ON_HOLD RESUME>ACTIVE STOP>REVOKED COMPLETE>COMPLETED",
    "COMPLETED": "MARK_IN_ERROR>ENTERED_IN_ERROR",
    "REVOKED": "",
    "ENTERED_IN_ERROR": "",
}


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_every_pair_of_status_and_action(status: Status, action: Action) -> None:
    possible = dict(each.split(">") for each in TABLE[status].split())

    if action in possible:
        assert next_status(status, action) == possible[action]
    else:
        with pytest.raises(WrongStatus):
            next_status(status, action)


def test_a_refusal_says_when_it_would_be_possible() -> None:
    with pytest.raises(WrongStatus, match="while it is active or on hold") as refused:
        next_status(Status.COMPLETED, Action.STOP)

    assert refused.value.code == "WRONG_STATUS"


def test_a_running_taper_is_active_or_on_hold() -> None:
    assert {Status.ACTIVE, Status.ON_HOLD} == RUNNING
    assert Status.ON_HOLD.label == "On hold"


def test_the_diagram_has_every_status_and_every_ending() -> None:
    diagram = mermaid()

    assert diagram.startswith("stateDiagram-v2\n    [*] --> DRAFT\n")
    assert all(status in diagram for status in Status)
    assert "    ACTIVE --> ACTIVE: revise, report step\n" in diagram
    assert "    REVOKED --> [*]\n" in diagram
    assert "    DRAFT --> [*]\n" not in diagram
