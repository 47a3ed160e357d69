"""The lock files: hashed, without addresses, and in step with pyproject.toml."""

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import services

LOCKS = sorted((services.ROOT / "requirements").iterdir())
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^ ;\\]+)", re.MULTILINE)


def project() -> dict[str, Any]:
    return tomllib.loads((services.ROOT / "pyproject.toml").read_text())


def pins(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pin in PIN.finditer((services.ROOT / "requirements" / name).read_text()):
        found.setdefault(canonicalize_name(pin["name"]), set()).add(pin["version"])
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_names_no_address(lock: Any) -> None:
    assert "://" not in lock.read_text()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_has_a_hash(lock: Any) -> None:
    text = lock.read_text()
    for block in re.split(r"\n(?=\S)", text):
        if PIN.match(block):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_locks_satisfy_the_requirements() -> None:
    asked = project()
    runtime = asked["project"]["dependencies"]
    for lock, requirements in (
        ("runtime.lock", runtime),
        ("dev.lock", [*runtime, *asked["dependency-groups"]["dev"]]),
    ):
        for requirement in map(Requirement, requirements):
            versions = pins(lock).get(canonicalize_name(requirement.name), set())
            assert versions, f"{requirement.name} is not in {lock}: sh scripts/dev lock"
            assert all(requirement.specifier.contains(version) for version in versions)


def test_development_runs_on_the_versions_of_production() -> None:
    dev = pins("dev.lock")
    for name, versions in pins("runtime.lock").items():
        assert dev[name] == versions
