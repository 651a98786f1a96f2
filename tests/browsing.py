"""A real browser, pages as they are served, and JupyterLab."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

SETTINGS = [
    f"--{name}"
    for name in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "mute-audio",
    )
]
ADVICE = "there is no Chromium to test with; install it (Debian: apt-get install chromium) or name it in CHROMIUM"
TOO_LARGE = {"name": "<b>long.mp4", "mimeType": "video/mp4", "buffer": bytes(20_100_000)}
TOLD = "<b>long.mp4 has 20.1 MB; a page takes 20.0 MB at most. Make it shorter or smaller, or open it in Python."
ROOT = Path(__file__).parents[1]


def found() -> str | None:
    """The path of the browser that is there."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def chromium(*more: str) -> Iterator[object]:
    """A browser, with more settings than the usual."""
    path = found()
    if path is None:
        (pytest.fail if "CI" in os.environ else pytest.skip)(ADVICE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*SETTINGS, *(f"--{it}" for it in more)])
        yield browser
        browser.close()


@contextmanager
def serving(*apps: str, options: tuple[str, ...] = (), **settings: str) -> Iterator[str]:
    """The address of the first of some apps as ``panel serve`` shows them, with ``settings`` in their environment."""
    files = [f"widgets/{app}.py" for app in apps]
    command = [sys.executable, "-m", "panel", "serve", *files, "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=os.environ | settings) as server:
        lines = iter(server.stderr.readline, "")
        address = next(
            (found[0] for line in lines if (found := re.search(rf"http://localhost:\d+/{apps[0]}", line))), None
        )
        try:
            assert address, "the server did not start"
            yield address
        finally:
            server.terminate()


# The number that is painted into the picture of a video, one bit in every 16 pixels; -1 while it seeks.
NUMBER = """(video) => {
  const canvas = document.createElement("canvas");
  if (video.seeking) return -1;
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const bit = (i) => (context.getImageData(16 * i + 8, canvas.height / 2, 1, 1).data[0] > 128 ? 1 << i : 0);
  return [0, 1, 2, 3, 4, 5].reduce((number, i) => number + bit(i), 0);
}"""
# Or it asks whether it may fetch news, in front of all else.
LAB_SETTINGS = {
    "notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "themes": {"theme": "JupyterLab Dark"},
}


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """The address of a dark JupyterLab, in which lies what is in ``folder / "notebooks"``; it has nobody's settings."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
    homes = {name: str(folder / name) for name in (*names, "JUPYTERLAB_SETTINGS_DIR")}
    settings = folder / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    for name, values in LAB_SETTINGS.items():
        (settings / f"{name}.jupyterlab-settings").write_text(json.dumps(values))
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": "0",
        "ServerApp.open_browser": "False",
        "ServerApp.allow_root": "True",
        "ServerApp.root_dir": str(folder / "notebooks"),
        "IdentityProvider.token": "known",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]
    log = folder / "log"
    with log.open("w") as told, subprocess.Popen(command, stderr=told, stdout=told, env=os.environ | homes) as server:
        try:
            yield _listening(log, server)
        finally:
            server.terminate()


def _listening(log: Path, server: subprocess.Popen, patience: float = 60.0) -> str:
    end = time.monotonic() + patience
    while time.monotonic() < end and server.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:\d+/lab", log.read_text()):
            return found[0]
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


def brightness(colour):
    parts = np.array([float(part) for part in colour.strip("rgb(a)").split(",")[:3]]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


CONTROLS = {"button", "checkbox", "combobox", "link", "radio", "searchbox", "slider", "spinbutton", "textbox"}


def barriers(page):
    """What keeps people out of a page as it is now, as axe-core finds it: rule, and the first thing that breaks it."""
    return [(it["id"], it["nodes"][0]["html"]) for it in Axe().run(page).response["violations"]]


def nameless(page, patience=5_000):
    """Controls on a page that somebody who hears it cannot tell apart: what has a role, and no name.

    Pages name what Bokeh leaves nameless once a second, so it looks again for so many milliseconds.
    """
    while patience > 0 and _nameless(page):
        page.wait_for_timeout(250)
        patience -= 250
    return _nameless(page)


def _nameless(page):
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    told = [(it.get("role", {}).get("value"), it.get("name", {}).get("value", "")) for it in tree if not it["ignored"]]
    return [role for role, name in told if role in CONTROLS and not name.strip()]
