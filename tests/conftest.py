"""Small real things that many tests need."""

import os
from pathlib import Path

# Torch's threads spin while they wait; on a busy machine that takes twenty times as long. Before torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import pytest

from sora2lib.clip import Clip
from sora2lib.request import Request
from sora2lib.world.schema import World, build

RATE, FPS = 48000, 24


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for keys, consents and cameos, so that no test touches the user's own."""
    monkeypatch.setenv("SORA2LIB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def world() -> World:
    """A ball that falls freely for two seconds, filmed from the front."""
    time = np.arange(49) / 24
    place = np.zeros((1, 49, 3))
    place[0, :, 2] = 20 - 0.5 * 9.81 * time**2
    still = np.ones((49, 1))
    return build(
        actors=["ball"],
        time=time,
        attrs={"facts": "{}"},
        asset=["ball"],
        material=["rubber"],
        size=[[0.3, 0.3, 0.3]],
        colour=[[0.8, 0.1, 0.1]],
        density=[1100.0],
        restitution=[0.8],
        friction=[0.9],
        gloss=[0.3],
        fixed=[False],
        position=place,
        camera_eye=still * [0, -6, 1.5],
        camera_target=still * [0, 0, 0.5],
        camera_fov=np.full(49, 0.8),
        ground="ice",
        sun_azimuth=0.5,
        sun_elevation=0.6,
        cloud=0.1,
        fog=0.0,
        ambience="wind",
        ambience_level=0.2,
    )


@pytest.fixture
def clip(world: World) -> Clip:
    """Two seconds: a bright square moves right four pixels a frame; a click sounds in the left ear at 1.25 s."""
    frames = np.full((48, 72, 256, 3), (40, 60, 90), np.uint8)
    for index, picture in enumerate(frames):
        picture[24:48, 4 * index : 4 * index + 24] = (220, 40, 30)
    sound = np.zeros((2, 2 * RATE), np.float32)
    sound[0, 60000:60480] = 0.8 * np.sin(np.arange(480) / 480 * 2 * np.pi * 10)
    request = Request("a red square slides\nacross <ice> & stops", seconds=2, size="256x72", seed=7)
    return Clip(frames, FPS, sound, RATE, world, request=request, maker="small 0.1", notices=("a note",))


@pytest.fixture(scope="session")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Weights of a tiny network that has learned nothing: real classes, real files, a world out of noise."""
    import torch

    from sora2lib.model import weights
    from sora2lib.model.tokens import encode
    from sora2lib.model.transformer import Shape, WorldTransformer
    from sora2lib.train.data import scales, stacks
    from sora2lib.world.simulate import simulate

    rows = [encode(simulate("drop", seed)) for seed in range(8)]
    torch.manual_seed(0)
    network = WorldTransformer(Shape(width=64, depth=1, heads=2, text_depth=1))
    path = tmp_path_factory.mktemp("weights") / "untrained.safetensors"
    path.write_bytes(weights.save(network, weights.Scales.from_arrays(scales(stacks(rows))), {"version": "0"}))
    return str(path)


@pytest.fixture(scope="module")
def browser():
    """Chromium, one for all tests of a file."""
    # Only what needs a browser loads what drives it.
    from browsing import chromium

    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser, request):
    """A page of which nothing may go wrong unseen."""
    page = browser.new_page(viewport={"width": 900, "height": 900}, color_scheme=getattr(request, "param", "light"))
    page.set_default_timeout(180_000)  # the first page of a server loads all that it needs
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    yield page
    page.close()
    assert not errors
