"""The README tells the truth: its commands parse, its code runs, and CI runs the command that it shows."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from sora2lib.cli import parser

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SHELL = [block.strip().splitlines() for block in re.findall(r"^```sh\n(.*?)^```", README, re.S | re.M)]
PYTHON = re.findall(r"^```python\n(.*?)^```", README, re.S | re.M)


def test_it_opens_with_a_picture_then_two_commands():
    assert README.startswith("![")
    assert len(SHELL[0]) == 2
    assert SHELL[0][0].startswith("pip install -e . && sora2lib make ")
    assert "pytest" in SHELL[0][1]


def test_the_picture_is_there():
    name = re.match(r"!\[[^\]]+\]\(([^)]+)\)", README)[1]
    assert (ROOT / name).stat().st_size > 1000


@pytest.mark.parametrize("line", [line for block in SHELL for line in block])
def test_commands_parse(line):
    for command in line.split("&&"):
        words = shlex.split(command)
        if words[0] == "sora2lib" and "--help" not in words:
            parser().parse_args(words[1:])


def test_ci_runs_the_second_command():
    script = (ROOT / ".ci" / "run").read_text()
    extract = re.search(r"command=\$\((.*)\)\n", script)[1]
    shown = subprocess.run(["bash", "-c", extract], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == SHELL[0][1]


@pytest.mark.slow
@pytest.mark.parametrize("code", PYTHON)
def test_code_runs(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
