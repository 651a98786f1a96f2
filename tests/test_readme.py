"""The README tells the truth: its commands parse, its code runs, and CI runs the command that it shows."""

import re
import shlex
import subprocess
from pathlib import Path

import numpy as np
import pytest

from sora2lib import media
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


def film_a_dog(path):
    """What the README's user has filmed: something that stands out, and makes a sound."""
    time, (y, x) = np.arange(2 * media.RATE) / media.RATE, np.mgrid[:90, :160]
    dog = ((x - 80) / 20) ** 2 + ((y - 50) / 30) ** 2 < 1
    picture = np.where(dog[..., None], (200, 120, 40), (90, 120, 160)) + np.random.default_rng(0).normal(
        0, 4, (90, 160, 3)
    )
    bark = np.sum([np.sin(2 * np.pi * 300 * k * time) / k for k in range(1, 20)], axis=0)
    sound = np.stack([0.1 * bark] * 2).astype(np.float32)
    media.write(path, [picture.clip(0, 255).astype(np.uint8)] * 48, fps=24, sound=sound)


@pytest.mark.slow
@pytest.mark.parametrize("code", PYTHON)
def test_code_runs(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if "rex.mp4" in code:
        film_a_dog(tmp_path / "rex.mp4")
    exec(compile(code, "README.md", "exec"), {})
