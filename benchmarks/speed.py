"""How long a clip takes: prints a table and writes it, with machine and versions, as dated JSON.

python benchmarks/speed.py [--repeats N] [--model NAME] [--results FOLDER]
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sora2lib import __version__

PROMPT = "a red rubber ball bounces on ice at sunset, the camera orbits left"
SEED = 7
PACKAGES = ("numpy", "torch", "numba", "xarray", "mujoco", "av")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="the median counts (%(default)s)")
    parser.add_argument("--model", default="small", help="name or .safetensors file (%(default)s)")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", metavar="FOLDER")
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{machine()['processor']}, {machine()['cores']} cores, load {load:.1f} before; median of {asked.repeats}\n")
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for measure in (new_processes, warm):
            for name, seconds in measure(Path(folder), asked.model, asked.repeats):
                print(f"{name:<62} {seconds:8.3f} s", flush=True)
                rows[name] = seconds
    report = {"date": date.today().isoformat(), "machine": machine(), "load": load, "versions": versions()}
    report |= {"prompt": PROMPT, "seed": SEED, "model": asked.model, "repeats": asked.repeats, "seconds": rows}
    asked.results.mkdir(parents=True, exist_ok=True)
    path = asked.results / f"speed-{date.today().isoformat()}.json"
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\n{path}")


def new_processes(folder: Path, model: str, repeats: int) -> Iterator[tuple[str, float]]:
    """Wall seconds of whole processes: an interpreter that imports, and one that makes a clip."""
    bare = median(lambda: run("-c", "pass"), repeats)
    make = ["-m", "sora2lib", "make", PROMPT, "--seed", str(SEED), "--model", model]
    make += ["--out", str(folder / "a.mp4"), "--force", "--quiet"]
    cold = os.environ | {"NUMBA_CACHE_DIR": str(folder / "cache")}
    yield "import sora2lib, above a bare interpreter", median(lambda: run("-c", "import sora2lib"), repeats) - bare
    yield "first clip after installing, compiling the kernels", timed(lambda: run(*make, environment=cold))
    yield "first clip in a new process", median(lambda: run(*make), min(repeats, 3))


def warm(folder: Path, model: str, repeats: int) -> Iterator[tuple[str, float]]:
    """Wall seconds of a clip of 4 s, 1280x720, 24 fps with sound, written, in a process that has made one before."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the command line does, before torch is loaded
    from sora2lib import film, media, pipeline
    from sora2lib.render import render
    from sora2lib.request import Request
    from sora2lib.sound import synthesise

    request = Request(PROMPT, seed=SEED, model=model)
    path = folder / "a.mp4"

    def planned() -> Any:
        *_, last = pipeline.plan(request)
        return pipeline.finish(last, request)

    def generated() -> None:
        film.record(planned(), path, size=request.size, force=True)

    def simulated() -> None:
        film.record(film.scene("drop", seed=SEED), path, size=request.size, force=True)

    generated()
    world = planned().world

    def painted() -> list[Any]:
        return list(render(world, width=request.width, height=request.height, fps=request.fps, seconds=request.seconds))

    def sounded() -> Any:
        return synthesise(world, rate=media.RATE, seconds=request.seconds)

    frames, sound = painted(), sounded()

    def encoded() -> None:
        media.write(path, frames, fps=request.fps, sound=sound, force=True)

    yield "clip of 4 s, 1280x720, 24 fps, with sound, written, warm", median(generated, repeats)
    yield "  of which plan", median(planned, repeats)
    yield "  of which sound", median(sounded, repeats)
    yield "  of which pictures (beside the encoder)", median(painted, repeats)
    yield "  of which encoder (beside the pictures)", median(encoded, repeats)
    yield "the same for a simulated scene", median(simulated, repeats)


def run(*arguments: str, environment: dict[str, str] | None = None) -> None:
    """Run a fresh interpreter to its end."""
    subprocess.run([sys.executable, *arguments], check=True, env=environment)


def timed(work: Callable[[], Any]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(work: Callable[[], Any], repeats: int) -> float:
    """Median wall seconds of several calls."""
    return statistics.median(timed(work) for _ in range(repeats))


def machine() -> dict[str, Any]:
    """What it ran on."""
    told = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [line.split(":", 1)[1].strip() for line in told.splitlines() if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": platform.platform(),
    }


def versions() -> dict[str, str]:
    """Python and the packages that matter for speed."""
    return {"python": platform.python_version(), "sora2lib": __version__} | {name: version(name) for name in PACKAGES}


if __name__ == "__main__":
    main()
