"""How well the player plays, and what many clips in a notebook weigh; :mod:`interactive` asks, prints and writes.

Two clips whose frames show their numbers run beside each other in one player on a page, as ``PlayerPane.of(a, b)``; a
real Chromium plays them, and of every picture that it shows both numbers are read. A notebook in JupyterLab shows fifty
clips, each twice, then lets go of them.
"""

import random
import socket
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import numpy as np
import panel as pn
import psutil

from sora2lib.clip import Clip
from sora2lib.widgets import PlayerPane

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # the browser and JupyterLab are the tests' own
from browsing import chromium, jupyter_lab

FPS, FRAMES, BITS = 24, 96, 7
SIZE = (640, 360)
CLIPS = 50
SCRUBS = 50
TIMEOUT = 120_000  # milliseconds

# Numbers in the left and in the right half of the picture, the number that the player tells, and how many frames the
# picture lies behind the clock of film and sound; once for every picture that is shown, for so many milliseconds.
WATCHED = f"""async ([video, slider, patience]) => {{
  const canvas = document.createElement("canvas"), seen = [];
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d", {{ willReadFrequently: true }});
  const number = (left) => {{
    const bit = (i) => context.getImageData(left + ((i + 0.5) * canvas.width) / 2 / {BITS}, 20, 1, 1).data[0] > 128;
    return [...Array({BITS}).keys()].reduce((sum, i) => sum + (bit(i) << i), 0);
  }};
  const look = (_, {{ mediaTime }}) => {{
    const behind = (video.currentTime - mediaTime) * {FPS}, told = Number(slider.ariaValueNow);
    context.drawImage(video, 0, 0, canvas.width, 20, 0, 0, canvas.width, 40);
    seen.push([number(0), number(canvas.width / 2), told, behind]);
    video.requestVideoFrameCallback(look);
  }};
  video.requestVideoFrameCallback(look);
  await new Promise((done) => setTimeout(done, patience));
  return seen;
}}"""

# JupyterLab shows fifty outputs of a cell and hides the rest, so several cells show ten clips each. Arrays below 32 MB
# lie on the heap of the C library, which keeps what is let go of for what comes next.
CELLS = (
    f"""\
import ctypes, gc, psutil
from dataclasses import replace
import numpy as np
import sora2lib as sora
from IPython.display import display
from sora2lib.widgets import Player

def told(when):
    gc.collect()
    print(f"{{when}}: {{psutil.Process().memory_info().rss / 1e6:.0f}} MB", end=";")

clip = sora.simulate("drop", seed=3, size="320x180", seconds=2)
told("with one clip")
clips = [replace(clip, frames=np.roll(clip.frames, 5 * i, axis=2)) for i in range({CLIPS})]""",
    *[f"for it in clips[{i} : {i + 10}]:\n    display(it, Player.of(it))" for i in range(0, CLIPS, 10)],
    f"""\
told("when {CLIPS} are shown")
del it, clips
told("when they are let go of, and kept for more")
ctypes.CDLL(None).malloc_trim(0)
told("when the heap is trimmed")
print("that" + " is all")""",
)


def measured(seconds: float) -> dict[str, Any]:
    """Play for so many seconds, scrub, and show many clips; return name and value of each row."""
    with chromium("autoplay-policy=no-user-gesture-required") as browser:
        return {**in_step(browser, seconds), **weighed(browser)}


def numbered() -> Clip:
    """Return a clip whose frames show their numbers in black and white."""
    bits = np.arange(FRAMES)[:, None] >> np.arange(BITS) & 1
    columns = np.arange(SIZE[0]) * BITS // SIZE[0]
    row_TW = np.where(bits[:, columns], 235, 20).astype(np.uint8)
    frames = np.broadcast_to(row_TW[:, None, :, None], (FRAMES, SIZE[1], SIZE[0], 3))
    tone = 0.2 * np.sin(np.arange(FRAMES * 2000) / 48000 * 2 * np.pi * 440)
    return Clip(frames, FPS, np.vstack([tone, tone]).astype(np.float32))


def in_step(browser: Any, seconds: float) -> dict[str, float]:
    """Play two clips beside each other, then scrub."""
    clip = numbered()
    player = PlayerPane.of(clip, replace(clip, maker="the same"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = pn.serve(player, port=port, threaded=True, show=False, verbose=False)
    try:
        page = browser.new_page()
        page.goto(f"http://localhost:{port}", timeout=TIMEOUT)
        video, slider = page.locator("video"), page.get_by_role("slider", name="Frame")
        page.wait_for_function("(it) => it.readyState >= 2", arg=video.element_handle())
        parts = [video.element_handle(), slider.element_handle()]
        page.get_by_role("button", name="Play").click()
        seen = np.array(page.evaluate(WATCHED, [*parts, 1000 * seconds]))
        page.get_by_role("button", name="Pause").click()
        exact = sum(scrubbed(page, parts, number) for number in random.Random(0).sample(range(FRAMES), SCRUBS))
    finally:
        server.stop()
    left, right, _, behind = seen.T
    off = np.abs(behind[np.abs(behind) < FRAMES / 2])  # but for the moment at which it begins anew
    return {
        f"pictures of two clips in step that were seen in {seconds:g} s": len(seen),
        "  furthest apart, frames": float(np.abs(left - right).max()),
        "  off the clock of the sound, frames, median": float(np.median(off)),
        "  off the clock of the sound, frames, 99 of 100": float(np.quantile(off, 0.99)),
        f"of {SCRUBS} frames that were scrubbed to, shown exactly in both": exact,
    }


def scrubbed(page: Any, parts: list[Any], number: int) -> bool:
    """Say whether a click on the film strip leads to the very frame."""
    box = parts[1].bounding_box()
    looking = "([video, slider]) => { window.seen = (" + WATCHED + ")([video, slider, 400]); }"
    page.evaluate(looking, parts)
    page.mouse.click(box["x"] + (number + 0.5) / FRAMES * box["width"], box["y"] + 20)
    seen = page.evaluate("window.seen")
    return [row[:3] for row in seen[-1:]] == [[number, number, number]]


def weighed(browser: Any) -> dict[str, float]:
    """Show many clips in JupyterLab, each as itself and in a player."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "notebooks" / "clips.ipynb"
        path.parent.mkdir()
        nbformat.write(notebook, path)
        with jupyter_lab(Path(folder)) as address:
            page = browser.new_page()
            page.goto(f"{address}/tree/clips.ipynb?reset&token=known")
            page.get_by_text("| Idle").wait_for(timeout=TIMEOUT)
            page.get_by_role("menuitem", name="Run", exact=True).click()
            before = browsers()
            page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
            page.get_by_text("that is all").wait_for(timeout=TIMEOUT)
            page.wait_for_function(f"document.querySelectorAll('.sora2lib-player').length == {CLIPS}", timeout=TIMEOUT)
            told = page.locator(".jp-OutputArea-output pre").all_inner_texts()
            after = browsers()
    pairs = dict(part.split(": ") for part in "".join(told).split(";")[:-1])
    rows = {f"kernel, {name}, MB": float(value.removesuffix(" MB")) for name, value in pairs.items()}
    return rows | {f"browser, more for {CLIPS} clips and {CLIPS} players, MB": after - before}


def browsers() -> float:
    """Return what the processes of browsers that were started here hold for themselves alone, MB."""
    mine = psutil.Process().children(recursive=True)
    return sum(it.memory_full_info().uss for it in mine if "chrom" in it.name()) / 1e6
