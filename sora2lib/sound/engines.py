"""What drives things: engines of cars and boats, a rocket's jet, wings that beat, cloth that flaps in the wind."""

import math

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels import sound as kernels
from sora2lib.sound.motion import follow, span_of
from sora2lib.sound.stage import Ears
from sora2lib.world.figures.skeleton import INDEX
from sora2lib.world.schema import GRAVITY, World

Array = NDArray[np.float64]
# Idle of the engine in ignitions a second, and its level.
ENGINES: dict[str, tuple[float, float]] = {
    "car": (26, 0.05), "taxi": (26, 0.05), "police car": (28, 0.05), "racing car": (60, 0.10), "van": (23, 0.06),
    "ambulance": (23, 0.06), "bus": (18, 0.08), "lorry": (17, 0.09), "fire engine": (17, 0.09), "tractor": (13, 0.10),
    "motorcycle": (34, 0.08), "locomotive": (11, 0.12), "motorboat": (30, 0.07), "ship": (8, 0.10), "plane": (45, 0.10),
    "biplane": (38, 0.09), "helicopter": (14, 0.12), "drone": (150, 0.04),
}  # fmt: skip
REVS = 0.35  # by how much it turns faster for each m/s
PARTIALS = 10
MOVES = 0.05  # m/s; an engine that has never moved is off
JET = 0.45
BURNS = 0.4  # of gravity: what flies and falls less than this is pushed
FLAP, FLAP_PITCH = 0.02, 420.0  # level at 1 rad/s of a wing of 1 m, Hz
CLOTHS = ("flag", "kite", "parachute", "sailing boat", "tent")
CLOTH, CALM = 0.012, 1.5  # level at 1 m/s of wind, m/s in which cloth hangs still


def drive(out_2N: Array, world: World, ears: Ears, rng: np.random.Generator, rate: int) -> None:
    """Add engines, jets, wings and cloth to ``out_2N`` (2, N)."""
    time_T = world.time.values - float(world.time[0])
    time_N, span = span_of(time_T, out_2N.shape[1], rate)
    for i, asset in enumerate(world.asset.values.tolist()):
        path_T3 = world.position.values[i]
        velocity_T3 = np.gradient(path_T3, time_T, axis=0)
        speed_T = np.linalg.norm(velocity_T3, axis=-1)
        if asset in ENGINES and speed_T.max() > MOVES:
            sound_N = _engine(*ENGINES[asset], kernels.line(time_N, time_T, speed_T), rng, rate)
        elif asset == "rocket" and speed_T.max() > MOVES:
            burns_T = _burning(path_T3, velocity_T3, time_T)
            sound_N = JET * kernels.line(time_N, time_T, burns_T) * _roar(len(time_N), rng, rate)
        elif asset == "bird" and world.sizes["joint"]:
            wing_T = world.joint_angle.values[i][:, INDEX["left shoulder spread"]]
            beat_N = kernels.line(time_N, time_T, np.abs(np.gradient(wing_T, time_T)))
            sound_N = _flap(beat_N, float(world["size"].values[i].max()), rng, rate)
        elif asset in CLOTHS and float(np.linalg.norm(world.wind.values)) > CALM:
            sound_N = _cloth(float(np.linalg.norm(world.wind.values)), time_N, rng, rate)
        else:
            continue
        follow(out_2N, sound_N, span, time_T, path_T3, time_N, ears, rate)


def _engine(idle: float, level: float, speed_N: Array, rng: np.random.Generator, rate: int) -> Array:
    """Ignitions as a tone with its partials, rough from one to the next, and the noise of intake and tyres."""
    turn_N = np.cumsum(idle * (1 + REVS * speed_N)) / rate + rng.uniform()
    rough_N = 1 + 0.25 * np.sin(math.pi * turn_N) + 0.10 * np.sin(2 * math.pi * turn_N / 4 + 1.0)
    first_N = np.exp(2j * math.pi * turn_N)
    tone_N, partial_N = np.zeros(len(speed_N)), np.ones(len(speed_N), dtype=np.complex128)
    for n in range(1, PARTIALS + 1):
        partial_N = partial_N * first_N
        tone_N += partial_N.imag / n**0.8
    intake_N = kernels.sweep(rng.standard_normal(len(speed_N)), 250 + 120 * speed_N, 0.7, float(rate))
    return np.asarray(level * (0.4 + 0.2 * np.minimum(speed_N, 6.0)) * (rough_N * tone_N + 1.2 * intake_N))


def _burning(path_T3: Array, velocity_T3: Array, time_T: Array) -> Array:
    """How hard a jet pushes at each sample (T,): it takes a tenth of a second to burn, and to burn out."""
    gain_T = np.gradient(velocity_T3[:, 2], time_T)
    up_T = path_T3[:, 2] > path_T3[0, 2] + 0.005
    burns_T = (up_T & (gain_T > -BURNS * GRAVITY)).astype(np.float64)
    return np.asarray(np.convolve(burns_T, np.array([1, 2, 3, 2, 1]) / 9, "same"))


def _roar(count: int, rng: np.random.Generator, rate: int) -> Array:
    """A jet: a deep roar that crackles."""
    deep_N = kernels.sweep(rng.standard_normal(count), np.full(count, 110.0), 0.5, float(rate))
    torn_N = kernels.sweep(rng.standard_normal(count) ** 3 / 15**0.5, np.full(count, 900.0), 0.4, float(rate))
    return np.asarray(3.0 * deep_N + 0.15 * torn_N)


def _flap(beat_N: Array, span: float, rng: np.random.Generator, rate: int) -> Array:
    noise_N = kernels.sweep(rng.standard_normal(len(beat_N)), FLAP_PITCH + 40 * beat_N, 0.7, float(rate))
    return np.asarray(FLAP * span * np.minimum(beat_N, 15.0) ** 1.5 * noise_N)


def _cloth(wind: float, time_N: Array, rng: np.random.Generator, rate: int) -> Array:
    """Folds that run along a cloth and snap at its end, the faster the stronger the wind."""
    phase_N = 2 * math.pi * (0.8 * wind * time_N + 0.25 * np.sin(2 * math.pi * 0.7 * time_N)) + rng.uniform(0, 6)
    snap_N = np.maximum(np.sin(phase_N), 0.0) ** 6 + 0.5 * np.maximum(np.sin(1.618 * phase_N), 0.0) ** 8
    noise_N = kernels.sweep(rng.standard_normal(len(time_N)), 500 + 900 * snap_N, 0.7, float(rate))
    return np.asarray(CLOTH * min(wind, 20.0) * (0.15 + snap_N) * noise_N)
