"""The rules of the house, as far as a program can see them. docs/adr tells why each stands."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("tracker", "tapers", "notifications", "patients")
CLOCK = Path("patients/clock.py")
WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create"}
WRITERS = ("services", "engine", "audit", "management", "migrations")


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT)


def tracked_files() -> list[Path]:
    listed = subprocess.run(  # noqa: S603
        ["git", "ls-files", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [Path(name) for name in listed.stdout.split("\0") if name]


def test_every_import_contract_holds() -> None:
    told = subprocess.run(  # noqa: S603
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 0, told.stdout + told.stderr
    assert "0 broken" in told.stdout


def test_only_the_clock_reads_the_time() -> None:
    readers = [
        f"{path}:{node.lineno}"
        for path in python_files(*APPS)
        if path != CLOCK
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "today", "utcnow", "localdate", "localtime"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"timezone", "datetime", "date"}
    ]

    assert readers == []


def test_views_and_apis_and_tasks_never_write_rows() -> None:
    """A change is a service call: permission, audit and reminders come with it."""
    translators = [
        path
        for path in python_files(*APPS)
        if not set(WRITERS) & {part.removesuffix(".py") for part in path.parts}
        and {"views", "api", "tasks", "presenters", "forms", "serializers", "selectors"}
        & {part.removesuffix(".py") for part in path.parts}
    ]
    writes = [
        f"{path}:{node.lineno} .objects.{node.func.attr}"
        for path in translators
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "objects"
        and not ast.unparse(node.func.value).startswith("AuthToken")
    ]

    assert translators
    assert writes == []


def test_every_dependency_has_its_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    listed = tomllib.loads(text)["project"]["dependencies"]
    fixed_by_the_customer = {"django", "djangorestframework", "celery", "redis"}

    without = [
        requirement
        for requirement in listed
        if re.split(r"[\[~=<>]", requirement)[0] not in fixed_by_the_customer
        and not re.search(rf'"{re.escape(requirement)}",\s+# \S', text)
    ]

    assert without == []


@pytest.mark.parametrize("word", ["/work/", "../shared", "/root/", "/tmp/contract"])
def test_nothing_committed_names_a_path_of_one_machine(word: str) -> None:
    here = Path(__file__).resolve().relative_to(ROOT)
    naming = [
        str(path)
        for path in tracked_files()
        if path != here
        and (ROOT / path).is_file()
        and word.encode() in (ROOT / path).read_bytes()
        and "vendor" not in path.parts
    ]

    assert naming == []


def test_pages_hold_no_inline_script_or_style() -> None:
    """The content security policy refuses both, so such a page would break without a word."""
    inline = [
        str(path.relative_to(ROOT))
        for app in APPS
        for path in (ROOT / app).rglob("templates/**/*.html")
        if "email" not in path.parts
        and re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", path.read_text())
    ]

    assert inline == []
