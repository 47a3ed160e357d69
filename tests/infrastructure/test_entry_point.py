"""scripts/dev, and what only repeats its words: Makefile, .ci/run, pre-commit."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests import services

DEV = services.ROOT / "scripts" / "dev"


def commands() -> set[str]:
    cases = DEV.read_text().split('case "$command" in')[1]
    return set(re.findall(r"^  (\w+)\)", cases, re.MULTILINE))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(DEV), *arguments], capture_output=True, text=True, check=False, cwd="/"
    )


def test_help_names_every_command() -> None:
    told = run("help")

    assert told.returncode == 0
    for command in commands():
        assert re.search(rf"^  {command} ", told.stdout, re.MULTILINE), command


def test_an_unknown_command_is_refused_with_the_help() -> None:
    told = run("tset")

    assert told.returncode == 1
    assert "unknown command: tset" in told.stderr
    assert "test " in told.stderr


def test_make_says_the_same_words() -> None:
    called = set(re.findall(r"sh scripts/dev (\w+)", (services.ROOT / "Makefile").read_text()))

    assert called == (commands() | {"help"}) - {"manage"}


def test_the_gate_checks_and_then_tests_and_nothing_may_be_skipped() -> None:
    gate = (services.ROOT / ".ci" / "run").read_text()

    assert re.search(r"CI=true.*scripts/dev check.*scripts/dev test", gate, re.DOTALL)


def test_every_local_hook_runs_a_tool_of_the_environment() -> None:
    config = yaml.safe_load((services.ROOT / ".pre-commit-config.yaml").read_text())
    [repository] = config["repos"]

    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        if hook["language"] == "system":
            [tool] = re.findall(r"\.venv/bin/(\S+)", hook["entry"])
            assert Path(sys.executable).with_name(tool).exists(), tool


def test_a_skip_is_a_failure_where_the_gate_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "test_skipped.py").write_text(
        "import pytest\n\ndef test_it():\n    pytest.skip('no browser here')\n"
    )
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-qc",
            "pyproject.toml",
            "-p",
            "no:cacheprovider",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=services.ROOT,
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert "nothing may be skipped" in done.stdout
