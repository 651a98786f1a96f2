"""How fast pictures are drawn: megapixels a second of one thread, for each family, beside MuJoCo and beside NumPy.

python benchmarks/render.py [--families a,b] [--size WxH] [--repeats N] [--results FOLDER]

Three renderers draw the same moment of the same worlds in one run, each measured in CPU seconds of its process:
sora2lib (soft shadows, ambient occlusion, reflections, textures, eight samples along edges), MuJoCo's own OpenGL
renderer in software (hard shadows, one checkered texture, reflections, four samples), and a plain NumPy ray caster
(hard shadows, one texture read, one sample; no occlusion, no reflections, so it has less to do than both).
The last column is the floor set by arithmetic: the operations that a pixel of open ground takes, counted in the
source (``OPERATIONS``), at the rate that a loop over the same kind of block reaches in this run.
"""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("MUJOCO_GL", "egl")
os.environ.setdefault("LIBGL_ALWAYS_SOFTWARE", "1")
os.environ.setdefault("LP_NUM_THREADS", "1")  # llvmpipe draws on the calling thread and one more

import mujoco

from sora2lib import __version__
from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled
from sora2lib.kernels.layout import PITCH, Scene
from sora2lib.kernels.textures import ATLAS
from sora2lib.render.frames import Canvas
from sora2lib.render.scene import scene_at, set_stage
from sora2lib.request import parse_size
from sora2lib.world.assets import primitives
from sora2lib.world.families import FAMILIES
from sora2lib.world.schema import World
from sora2lib.world.simulate import simulate

MOMENT = 1.0  # seconds
# Additions, multiplications, comparisons and roots of one sample of open ground, by stage, counted in the source of
# sora2lib/kernels; a read of memory or of a table counts as one.
OPERATIONS = {
    "camera_rays": 29, "nearest": 8, "find_points": 9, "texture place": 96, "texture read": 46, "look_at_ground": 31,
    "receivers": 41, "compose": 44, "reflect_sky": 118, "fill_with_air": 62, "write": 27,
}  # fmt: skip


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", default=",".join(FAMILIES), help="names with commas between (all)")
    parser.add_argument("--size", default="1280x720", help="%(default)s")
    parser.add_argument("--repeats", type=int, default=5, help="the least of these counts (%(default)s)")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", metavar="FOLDER")
    asked = parser.parse_args()
    width, height = parse_size(asked.size)
    floor = least_nanoseconds(asked.repeats)
    gl = gl_renderer()
    print(f"{asked.size}, one thread, load {os.getloadavg()[0]:.1f}; OpenGL: {gl or 'none on this machine'}")
    print(f"floor: {sum(OPERATIONS.values())} operations a pixel, {floor:.1f} ns\n")
    print(f"{'megapixels a CPU second':<23}{'bodies':>7}{'whole':>9}{'clip':>9}{'MuJoCo':>9}{'NumPy':>9}{'x floor':>9}")
    rows = {}
    for family in asked.families.split(","):
        world = simulate(family, 3)
        row = measure(world, width, height, asked.repeats, with_gl=bool(gl)) | {"over_floor": 0.0}
        row["over_floor"] = 1e3 / row["whole"] / floor
        rows[family] = row
        shown = [f"{row[name]:9.2f}" if row[name] else f"{'-':>9}" for name in ("whole", "clip", "mujoco", "numpy")]
        print(f"{family:<23}{int(row['bodies']):>7}{''.join(shown)}{row['over_floor']:8.1f}x", flush=True)
    middle = {k: statistics.median(row[k] for row in rows.values()) for k in ("whole", "clip", "mujoco", "numpy")}
    print(f"{'median':<30}" + "".join(f"{middle[name]:9.2f}" for name in ("whole", "clip", "mujoco", "numpy")))
    report = {"date": date.today().isoformat(), "size": asked.size, "repeats": asked.repeats, "opengl": gl}
    report |= {"machine": platform.platform(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}
    report |= {"versions": {name: version(name) for name in ("numpy", "numba", "mujoco")} | {"sora2lib": __version__}}
    report |= {"floor_ns": floor, "operations": OPERATIONS, "median": middle, "families": rows}
    asked.results.mkdir(parents=True, exist_ok=True)
    path = asked.results / f"render-{date.today().isoformat()}.json"
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\n{path}")


def measure(world: World, width: int, height: int, repeats: int, *, with_gl: bool) -> dict[str, float]:
    """Megapixels a CPU second of each renderer; 0 where there is none."""
    stage, area = set_stage(world), width * height / 1e6
    scene = scene_at(stage, MOMENT, width, height)
    canvas = Canvas(width, height, len(stage.looks))

    def whole() -> None:
        canvas.last = None
        canvas.draw(scene)

    def clip() -> None:
        canvas.last = None
        for k in range(12):
            canvas.draw(scene_at(stage, MOMENT + k / 24, width, height))

    out = {"bodies": float(len(stage.looks)), "whole": area / least(whole, repeats)}
    out["clip"] = 12 * area / least(clip, max(repeats // 3, 1))
    out["mujoco"] = area / mujoco_seconds(world, width, height, repeats) if with_gl else 0.0
    out["numpy"] = area / least(lambda: cast(scene, width, height), max(repeats // 3, 1))
    return out


def least(work: Callable[[], Any], repeats: int) -> float:
    """Least CPU seconds of this process, after one call that is not counted."""
    work()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


# --- MuJoCo


def gl_renderer() -> str:
    """Name of the OpenGL platform that MuJoCo can draw with here, or nothing."""
    try:
        mujoco.Renderer(mujoco.MjModel.from_xml_string("<mujoco/>"), 8, 8).close()
    except Exception:  # each platform fails in its own way, from missing symbols to missing displays
        return ""
    return os.environ["MUJOCO_GL"]


_GEOMS = {
    "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
    "ellipsoid": mujoco.mjtGeom.mjGEOM_ELLIPSOID,
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "cylinder": mujoco.mjtGeom.mjGEOM_CYLINDER,
    "capsule": mujoco.mjtGeom.mjGEOM_CAPSULE,
}


def mujoco_seconds(world: World, width: int, height: int, repeats: int) -> float:
    """CPU seconds of a picture by MuJoCo; shapes that it lacks are boxes."""
    stage = set_stage(world)
    view = scene_at(stage, MOMENT, width, height)
    spec = mujoco.MjSpec()
    spec.visual.global_.offwidth, spec.visual.global_.offheight = width, height
    spec.visual.quality.shadowsize = 2048
    spec.add_texture(
        name="ground", type=mujoco.mjtTexture.mjTEXTURE_2D, builtin=mujoco.mjtBuiltin.mjBUILTIN_CHECKER,
        width=1024, height=1024, rgb1=[0.4, 0.4, 0.4], rgb2=[0.6, 0.6, 0.6],
    )  # fmt: skip
    spec.add_texture(
        name="sky", type=mujoco.mjtTexture.mjTEXTURE_SKYBOX, builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT,
        width=512, height=512, rgb1=[0.6, 0.75, 0.95], rgb2=[0.2, 0.4, 0.7],
    )  # fmt: skip
    ground = spec.add_material(name="ground", reflectance=float(stage.setting.air[at.MIRROR]), texrepeat=[40, 40])
    ground.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = "ground"
    spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[60, 60, 1], material="ground")
    light = view.air[at.LIGHT : at.LIGHT + 3].astype(float)
    spec.worldbody.add_light(
        type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL, dir=-light, pos=10 * light, castshadow=True, diffuse=[0.8] * 3
    )
    names = [part.shape for k in range(world.sizes["actor"]) for part in _parts(world, k)]
    bodies = [row for row, tag in zip(view.body, view.tags, strict=True) if tag[at.KIND] != at.NET]
    for row, shape in zip(bodies, names, strict=True):
        turn = row[at.ROTATION : at.ROTATION + 9].reshape(3, 3).T.astype(float)
        quaternion = np.empty(4)
        mujoco.mju_mat2Quat(quaternion, turn.ravel())
        half = row[at.HALFS : at.HALFS + 3].astype(float)
        half = half[[0, 2, 1]] if shape in ("cylinder", "capsule") else half
        spec.worldbody.add_geom(
            type=_GEOMS.get(shape, mujoco.mjtGeom.mjGEOM_BOX), size=half, pos=row[:3].astype(float), quat=quaternion,
            rgba=[*np.sqrt(row[at.MAIN : at.MAIN + 3]), 1],
        )  # fmt: skip
    model = spec.compile()
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    camera = mujoco.MjvCamera()
    eye, ahead = view.camera[at.EYE : at.EYE + 3], view.camera[at.FORWARD : at.FORWARD + 3]
    camera.lookat, camera.distance = eye + 5 * ahead, 5
    camera.azimuth = np.degrees(np.arctan2(ahead[1], ahead[0]))
    camera.elevation = np.degrees(np.arcsin(np.clip(ahead[2], -1, 1)))
    model.vis.global_.fovy = np.degrees(2 * np.arctan(np.sqrt(view.camera[at.SQUARES + 1])))
    renderer = mujoco.Renderer(model, height, width)
    out = np.empty((height, width, 3), np.uint8)

    def picture() -> None:
        renderer.update_scene(data, camera)
        renderer.render(out=out)

    seconds = least(picture, repeats)
    renderer.close()
    return seconds


def _parts(world: World, actor: int) -> tuple[Any, ...]:
    return primitives(str(world.asset.values[actor]), world["size"].values[actor])


# --- NumPy


def cast(scene: Scene, width: int, height: int) -> np.ndarray:
    """Draw a scene with whole arrays: nearest hit, hard shadow, one texel, ambient light, haze, display curve."""
    view, air = scene.camera, scene.air
    x = ((np.arange(width, dtype=np.float32) + 0.5) * 2 / width - 1)[None, :, None]
    y = (1 - (np.arange(height, dtype=np.float32) + 0.5) * 2 / height)[:, None, None]
    ray = (view[at.FORWARD : at.FORWARD + 3] + x * view[at.RIGHT : at.RIGHT + 3] + y * view[at.UP : at.UP + 3]).reshape(
        -1, 3
    )
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    eye = view[at.EYE : at.EYE + 3]
    near, name = _nearest(scene, eye, ray)
    point = eye + np.minimum(near, np.float32(1e6))[:, None] * ray
    normal, albedo = np.zeros_like(ray), np.zeros_like(ray)
    floor = name == at.GROUND
    normal[floor, 2] = 1
    texel = (np.mod(point[floor, :2] * air[at.GROUND_SCALE], 1) * 1024).astype(np.int64)
    packed = scene.texture[texel[:, 1] * ATLAS + texel[:, 0]]
    albedo[floor] = np.square(np.stack([packed >> shift & 255 for shift in (0, 16, 32)], 1) / np.float32(255))
    for j in np.unique(name[name >= 0]):
        mine = name == j
        turn = scene.body[j, at.ROTATION : at.ROTATION + 9].reshape(3, 3)
        local = (point[mine] - scene.body[j, :3]) @ turn.T / scene.body[j, at.HALFS : at.HALFS + 3]
        flat = scene.tags[j, at.KIND] in (at.BOX, at.WEDGE)
        side = np.where(np.abs(local) >= np.abs(local).max(1, keepdims=True), local, 0) if flat else local
        side = side @ turn
        normal[mine] = side / np.linalg.norm(side, axis=1, keepdims=True)
        albedo[mine] = scene.body[j, at.MAIN : at.MAIN + 3]
    light = air[at.LIGHT : at.LIGHT + 3]
    solid = np.isfinite(near) & (near < 1e8)
    shaded = np.zeros(len(ray), bool)
    start = point[solid] + 1e-3 * normal[solid]
    blocked, by = _nearest(scene, start, np.broadcast_to(light, start.shape), own=name[solid])
    shaded[solid] = (blocked < 1e8) & (by >= 0)
    key = np.maximum(normal @ light, 0) * ~shaded
    ambient = air[at.AMBIENT : at.AMBIENT + 12].reshape(3, 4)
    colour = albedo * (
        key[:, None] * air[at.KEY : at.KEY + 3] + np.maximum(ambient[:, 0] + normal @ ambient[:, 1:].T, 0)
    )
    up = np.maximum(ray[~solid, 2:], 0)
    place = (512 - 0.5 + ray[~solid, :2] * 510 / (1 + up)).astype(np.int64)
    colour[~solid] = scene.dome[np.clip(place[:, 1], 0, 1023), np.clip(place[:, 0], 0, 1023)]
    clear = np.exp(-air[at.HAZE] * np.minimum(near, 1e4))[:, None]
    colour[solid] = (air[at.AMBIENT : at.AMBIENT + 12 : 4] + clear * (colour - air[at.AMBIENT : at.AMBIENT + 12 : 4]))[
        solid
    ]
    bits = np.maximum(colour, 7e-5).astype(np.float32).view(np.int32)
    shown = scene.curve[np.minimum((bits >> 15) - ((127 - 14) << 8), len(scene.curve) - 1)]
    return shown.astype(np.uint8).reshape(height, width, 3)


def _nearest(
    scene: Scene, origin: np.ndarray, ray: np.ndarray, own: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Distance and name of what each ray meets first; round shapes as ellipsoids, others as boxes."""
    origin = np.broadcast_to(origin, ray.shape)
    down = ray[:, 2] < -1e-6
    near = np.where(down & (origin[:, 2] > 0), -origin[:, 2] / np.where(down, ray[:, 2], 1), np.float32(1e9))
    name = np.where(near < 1e8, at.GROUND, at.SKY)
    for j, (body, tag) in enumerate(zip(scene.body, scene.tags, strict=True)):
        turn = body[at.ROTATION : at.ROTATION + 9].reshape(3, 3)
        half = body[at.HALFS : at.HALFS + 3]
        o, d = (origin - body[:3]) @ turn.T / half, ray @ turn.T / half
        if tag[at.KIND] in (at.BOX, at.WEDGE):
            with np.errstate(divide="ignore", invalid="ignore"):
                middle, reach = -o / d, 1 / np.abs(d)
            first, last = (middle - reach).max(1), (middle + reach).min(1)
        else:
            a, b, c = (d * d).sum(1), (o * d).sum(1), (o * o).sum(1) - 1
            root = b * b - a * c
            first = np.where(root > 0, (-b - np.sqrt(np.maximum(root, 0))) / a, np.float32(2e9))
            last = np.where(root > 0, np.float32(1e9), -1)
        hit = (first < last) & (first > 1e-4) & (first < near)
        if own is not None:
            hit &= own != j
        near, name = np.where(hit, first, near), np.where(hit, j, name)
    return near, name


# --- arithmetic


@compiled
def _work(block: np.ndarray, turns: int) -> None:
    for _ in range(turns):
        for row in range(0, 32 * PITCH, 2 * PITCH):
            for i in range(PITCH):
                a, b = block[row + i], block[row + PITCH + i]
                c = a * np.float32(0.999) + b
                d = b * np.float32(0.998) - a
                e = max(c, d) * np.float32(0.5)
                f = c * d + e
                block[row + i] = e * np.float32(0.7) + f * np.float32(0.1)
                block[row + PITCH + i] = f * np.float32(0.1) - e * np.float32(0.2)


def least_nanoseconds(repeats: int) -> float:
    """Nanoseconds that a pixel's operations take at the rate of a block loop with 14 of them for each two loads."""
    block, turns = np.random.default_rng(0).uniform(0, 1, 32 * PITCH).astype(np.float32), 400
    seconds = least(lambda: _work(block, turns), max(repeats, 3))
    return sum(OPERATIONS.values()) * seconds / (turns * 16 * PITCH * 14) * 1e9


if __name__ == "__main__":
    main()
