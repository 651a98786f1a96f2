"""A world as the flat arrays that the kernels draw."""

from dataclasses import dataclass, replace
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from sora2lib.backdrop import Backdrop, behind
from sora2lib.kernels import layout as at
from sora2lib.kernels.cutouts import LEVELS, STARTS
from sora2lib.kernels.floor import SNOW
from sora2lib.kernels.layout import Scene
from sora2lib.kernels.pose import place, silhouettes
from sora2lib.kernels.rays import screen_bounds
from sora2lib.render.backdrop import NOWHERE, Hung, action, before_sky, hung_up
from sora2lib.render.cameos import Board, wear
from sora2lib.render.cutouts import board as board_of
from sora2lib.render.cutouts import card
from sora2lib.render.grounds import Floor, pack, paint, relief
from sora2lib.render.materials import linear, noise_volume, pattern_number, poster, stuff_number
from sora2lib.render.motion import Motion, camera_at, joints_at, positions_at, read_motion, rotations_at
from sora2lib.render.sky import LUMINANCE, Sky, display_curve, make_sky
from sora2lib.render.styles import LOOKS, Dress, Style
from sora2lib.render.weather import Fall
from sora2lib.world.assets import primitives
from sora2lib.world.cutouts import PREFIX
from sora2lib.world.figures.library import SKELETONS, posed_parts
from sora2lib.world.figures.skeleton import INDEX
from sora2lib.world.parts import Primitive
from sora2lib.world.schema import World
from sora2lib.world.vocabulary import GROUNDS, MATERIALS

Array = NDArray[np.float64]
HAZE = 0.0035  # 1/m
WET = 0.35  # how much of the sky the ground mirrors in a cloudburst
_GLASS_SHADE = 0.55
# Parts whose look depends on the asset they belong to.
_PATTERNS = {("house", 0): "house", ("house", 1): "shingles", ("house", 2): "shingles"}


@dataclass(frozen=True)
class Creature:
    """An actor whose parts move against each other, and which rows its parts have."""

    actor: int
    asset: str
    size: Array  # (3,)
    rows: slice
    kept: NDArray[np.int64]  # which of the asset's parts the rows are


@dataclass(frozen=True)
class Setting:
    """Sky, air and ground as the kernels read them; the same for all worlds of one place, light, weather and style."""

    sky: Sky
    dome: NDArray[np.float32]  # the sky as the film sees it
    calm: NDArray[np.float32]
    ring: NDArray[np.float32]
    air: NDArray[np.float32]
    texture: NDArray[np.int64]
    curve: NDArray[np.float32]
    hung: Hung | None  # the picture in the distance


# N bodies (one a part), A actors
@dataclass(frozen=True)
class Stage:
    """All that stays the same while a world plays."""

    style: Style
    seed: int  # for what differs from world to world, such as grain
    motion: Motion
    looks: NDArray[np.float32]  # (N, BODY)
    tags: NDArray[np.int32]  # (N, TAGS)
    parts: Array  # (N, 7) centre and rotation in the actor's frame
    owners: NDArray[np.int64]  # (N,)
    creatures: tuple[Creature, ...]
    boards: tuple[Board, ...]  # cameos
    setting: Setting
    fall: Fall  # what falls from the sky
    cards: NDArray[np.float32]  # (pictures, texels, 4)
    action: tuple[Array, float]  # its middle (2,) and radius


def _net(ring: Primitive) -> Primitive:
    radius, tall = float(ring.half[0]), 0.45 * float(ring.half[0]) / 0.23
    half = np.array([radius, 0.62 * radius, tall / 2])
    return Primitive(
        "net", half, np.array([0, 0, -tall / 2]), np.array([1.0, 0, 0, 0]), (0.9, 0.9, 0.88), "", False, "foam"
    )


def _bounding(shape: str, half: Array) -> float:
    x, y, z = (float(value) for value in half)
    if shape in ("sphere", "ellipsoid"):
        return max(x, y, z)
    if shape == "capsule":
        return x + z
    if shape == "torus":
        return x + z
    return float(np.hypot(np.hypot(x, y) if shape in ("box", "wedge", "cutout") else max(x, y), z))


def _row(part: Primitive, pattern: str, colour: Array, material: str, gloss: float, seed: float) -> list[float]:
    stuff = MATERIALS[material]
    main = linear(colour if part.tint in ("main", "accent") else np.asarray(part.tint))
    main = main * 0.45 if part.tint == "accent" else main
    clear = 0.92 if material == "glass" and part.tint != "accent" else 0.0
    shine = gloss if part.tint == "main" else stuff.gloss
    row = np.zeros(at.BODY)
    row[at.HALFS : at.HALFS + 3] = part.half
    row[at.RADIUS] = _bounding(part.shape, part.half)
    row[at.MAIN : at.MAIN + 3], row[at.ACCENT : at.ACCENT + 3] = main, main * 0.45
    row[at.GLOSS], row[at.METALLIC], row[at.SEED] = shine, stuff.metallic, seed
    row[at.CLEAR], row[at.OPACITY] = clear, 1 - clear * _GLASS_SHADE
    return row.tolist()


def set_stage(world: World) -> Stage:
    """Prepare everything of a world that does not depend on time."""
    cards: list[NDArray[np.float32]] = []
    looks, tags, owners, creatures, boards = [], [], [], [], []
    parts: list[list[float]] = []
    for actor, asset in enumerate(world.asset.values.tolist()):
        colour, gloss = world.colour.values[actor], float(world.gloss.values[actor])
        size, handle = world["size"].values[actor], str(world.cameo.values[actor])
        pieces = list(enumerate(primitives(asset, size)))
        if asset == "hoop":
            pieces.append((len(pieces), _net(pieces[0][1])))
        bends = asset in SKELETONS and world.sizes["joint"] > 0
        speaks = bends and bool(np.ptp(world.joint_angle.values[actor, :, INDEX["mouth"]]))
        worn = wear(handle, asset, size, speaks=speaks) if handle else None
        if worn:
            pieces = list(zip(worn.kept, worn.pieces, strict=True))
        if bends:
            rows = slice(len(parts), len(parts) + len(pieces))
            creatures.append(Creature(actor, asset, size, rows, np.array([k for k, _ in pieces], np.int64)))
        for k, part in pieces:
            material = part.material or str(world.material.values[actor])
            pattern = _PATTERNS.get((asset, k), part.pattern)
            if asset == "ball" and material != "glass":
                pattern = "stripe"
            scale = (0.0, 0.0)
            if cut_out := pattern.startswith(PREFIX):
                part, scale = board_of(part)
                cards.append(card(pattern))
            looks.append(_row(part, pattern, colour, material, gloss, 1.37 * actor + 0.61 * k))
            looks[-1][at.CARD : at.CARD + 3] = [len(cards) - 1, *scale]
            kind = at.NET if part.shape == "net" else at.SHAPES[part.shape]
            casts = int(kind != at.NET and not cut_out)
            tags.append([kind, pattern_number(pattern), stuff_number(material), actor, casts])
            parts.append([*part.centre, *part.rotation])
            owners.append(actor)
        if worn:
            boards.append(Board(len(parts), actor, len(cards), worn, (asset, size) if bends else None))
            looks.append(_row(worn.board, "", colour, worn.board.material, gloss, 1.37 * actor))
            looks[-1][at.CARD : at.CARD + 3] = [len(cards), *worn.scale]
            tags.append([at.SHAPES["cutout"], 0, stuff_number(worn.board.material), actor, 0])
            parts.append([*worn.board.centre, *worn.board.rotation])
            owners.append(actor)
            cards.extend(worn.cards)
    style = LOOKS[str(world.style.values)]
    body_looks = np.asarray(looks, np.float32).reshape(-1, at.BODY)
    body_tags = np.asarray(tags, np.int32).reshape(-1, at.TAGS)
    _dress(style.dress, body_looks, body_tags)
    weather = [float(world[name]) for name in ("sun_azimuth", "sun_elevation", "cloud", "fog", "rain")]
    motion = read_motion(world)
    return Stage(
        style=style,
        seed=crc32(world.position.values.tobytes()),
        motion=motion,
        looks=body_looks,
        tags=body_tags,
        parts=np.asarray(parts, np.float64).reshape(-1, 7),
        owners=np.asarray(owners, np.int64),
        creatures=tuple(creatures),
        boards=tuple(boards),
        setting=_setting(style.dress, str(world.ground.values), *weather, behind(world)),
        fall=Fall(float(world.rain), float(world.snow), (float(world.wind[0]), float(world.wind[1]))),
        cards=np.asarray(cards, np.float32).reshape(-1, STARTS[LEVELS], 4),
        action=action(motion),
    )


# Two thirds of what the first picture takes, and the same for every other camera; some 15 MB each.
@lru_cache(maxsize=2)
def _setting(
    dress: Dress,
    ground: str,
    azimuth: float,
    elevation: float,
    cloud: float,
    fog: float,
    rain: float,
    drop: Backdrop | None,
) -> Setting:
    floor = _dressed_floor(dress, paint(ground))
    mean = floor.colour.mean((0, 1))
    sky = make_sky(azimuth, elevation, cloud, fog, mean)
    hung = None
    if drop:
        hung, tint = hung_up(drop, sky, elevation, cloud, fog, mean, 2 * dress.blocks)
        floor = replace(floor, colour=np.clip(floor.colour * tint, 0, 1).astype(np.float32))
        sky = before_sky(sky, hung)
    air = _air(sky, ground, fog, floor.metres, floor.rough, mean)
    air[at.MIRROR] = max(air[at.MIRROR], WET * rain) * dress.mirror
    air[at.CEL] = dress.cel
    dome = sky.dome * np.float32(sky.sky_exposure)
    return Setting(
        sky=sky,
        dome=poster(dome, dress.blocks, wander=0.35) if dress.blocks else dome,
        calm=sky.calm * np.float32(sky.sky_exposure),
        ring=sky.ring * np.float32(sky.sky_exposure),
        air=air,
        texture=pack(floor, relief(floor, sky.light, sky.softness)),
        curve=display_curve(),
        hung=hung,
    )


def _dress(dress: Dress, looks: NDArray[np.float32], tags: NDArray[np.int32]) -> None:
    """Turn the looks and tags of all bodies into what a style makes of them."""
    if dress.stuff is not None:
        tags[:, at.STUFF] = dress.stuff
    looks[:, at.GLOSS] = np.minimum(looks[:, at.GLOSS], dress.gloss)
    looks[:, at.METALLIC] *= dress.metal
    looks[:, at.OPACITY] = np.where(looks[:, at.CLEAR] > 0, 1 - dress.clear * (1 - looks[:, at.OPACITY]), 1)
    looks[:, at.CLEAR] *= dress.clear
    for first in (at.MAIN, at.ACCENT):
        colour = looks[:, first : first + 3]
        grey = (colour @ LUMINANCE)[:, None]
        looks[:, first : first + 3] = np.clip(grey + dress.saturation * (colour - grey), 0.004, 1)


def _dressed_floor(dress: Dress, floor: Floor) -> Floor:
    if not dress.blocks:
        return floor
    return replace(floor, colour=poster(floor.colour, 2 * dress.blocks, wander=0.0), height=0 * floor.height)


def _air(sky: Sky, ground: str, fog: float, metres: float, rough: float, mean: Array) -> NDArray[np.float32]:
    air = np.zeros(at.AIR)
    across = np.cross([0.0, 0.0, 1.0], sky.light)
    across /= np.linalg.norm(across) if np.linalg.norm(across) > 1e-6 else 1.0
    if not across.any():
        across = np.array([1.0, 0, 0])
    air[at.LIGHT : at.LIGHT + 3] = sky.light
    air[at.LIGHT_U : at.LIGHT_U + 3] = across
    air[at.LIGHT_V : at.LIGHT_V + 3] = np.cross(sky.light, across)
    air[at.KEY : at.KEY + 3] = sky.key * sky.exposure
    air[at.SOFTNESS] = sky.softness
    air[at.AMBIENT : at.AMBIENT + 12] = (sky.ambient * sky.exposure).ravel()
    air[at.FOG], air[at.FOG_HEIGHT], air[at.HAZE] = fog, sky.fog_height, HAZE
    air[at.MIRROR], air[at.GROUND_ROUGH] = GROUNDS[ground].mirror, rough
    air[at.GROUND_SCALE], air[at.FAR_SCALE] = 1 / metres, 1 / (3.7 * metres)
    air[at.GROUND_KIND] = SNOW if ground == "snow" else 0
    air[at.BOUNCE : at.BOUNCE + 3] = sky.bounce * sky.exposure
    air[at.DISC], air[at.DISC_COLOUR : at.DISC_COLOUR + 3] = np.cos(sky.disc_radius), sky.disc * sky.exposure
    return air.astype(np.float32)


def view_of(eye: Array, target: Array, roll: float, fov: float, width: int, height: int) -> NDArray[np.float32]:
    """Pack a camera: its axes carry the tangents of the half angles.

    Parameters
    ----------
    eye, target : (3,) metres. roll : radians, clockwise picture. fov : vertical, radians.
    """
    forward = target - eye
    forward = forward / max(float(np.linalg.norm(forward)), 1e-9)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right = right / np.linalg.norm(right) if np.linalg.norm(right) > 1e-6 else np.array([1.0, 0, 0])
    up = np.cross(right, forward)
    right, up = np.cos(roll) * right + np.sin(roll) * up, np.cos(roll) * up - np.sin(roll) * right
    tangent = np.tan(fov / 2)
    view = np.zeros(at.VIEW)
    view[at.EYE : at.EYE + 3], view[at.FORWARD : at.FORWARD + 3] = eye, forward
    view[at.RIGHT : at.RIGHT + 3], view[at.UP : at.UP + 3] = right * tangent * width / height, up * tangent
    view[at.WIDTH], view[at.HEIGHT], view[at.PIXEL] = width, height, 2 * tangent / height
    view[at.SQUARES], view[at.SQUARES + 1] = (tangent * width / height) ** 2, tangent**2
    return view.astype(np.float32)


def focus_at(stage: Stage, time: float) -> float:
    """Return the distance in metres to what the camera looks at."""
    eye, target, _, _ = stage.style.film(camera_at(stage.motion, time), time)
    return max(float(np.linalg.norm(target - eye)), 0.1)


def parts_at(stage: Stage, time: float) -> Array:
    """Centre and rotation (N, 7) of every part in its actor's frame at one time."""
    if not stage.creatures and not stage.boards:
        return stage.parts
    parts, joints = stage.parts.copy(), joints_at(stage.motion, time)
    for it in stage.creatures:
        parts[it.rows] = posed_parts(it.asset, it.size, joints[it.actor][None])[0][it.kept]
    for board in stage.boards:
        eye, *_ = stage.style.film(camera_at(stage.motion, time), time)
        place, turn = positions_at(stage.motion, time)[board.actor], rotations_at(stage.motion, time)[board.actor]
        parts[board.row] = board.part(place, turn, joints[board.actor], eye)
    return parts


def looks_at(stage: Stage, time: float) -> NDArray[np.float32]:
    """What does not move of every part (N, BODY), with the pictures that cameos show at one time."""
    if not stage.boards:
        return stage.looks
    looks, joints = stage.looks.copy(), joints_at(stage.motion, time)
    for it in stage.boards:
        looks[it.row, at.CARD] = it.shown(time, joints[it.actor])
    return looks


def scene_at(stage: Stage, time: float, width: int, height: int) -> Scene:
    """Everything that the picture at one time depends on."""
    view = view_of(*stage.style.film(camera_at(stage.motion, time), time), width, height)
    body = place(
        looks_at(stage, time),
        stage.tags,
        parts_at(stage, time),
        stage.owners,
        positions_at(stage.motion, time),
        rotations_at(stage.motion, time),
        view[at.EYE : at.EYE + 3].astype(np.float64),
        float(view[at.PIXEL]),
    )
    hung = stage.setting.hung
    edges, counts, extent = silhouettes(body, stage.tags, stage.setting.air)
    return Scene(
        body=body,
        tags=stage.tags,
        edges=edges,
        counts=counts,
        extent=extent,
        bounds=screen_bounds(body, stage.tags, view, 1.0),
        mirrored=screen_bounds(body, stage.tags, view, -1.0),
        camera=view,
        air=stage.setting.air,
        texture=stage.setting.texture,
        dome=stage.setting.dome,
        calm=stage.setting.calm,
        ring=stage.setting.ring,
        volume=noise_volume(),
        curve=stage.setting.curve,
        cards=stage.cards,
        **(hung.at(view, *stage.action) if hung else NOWHERE),
    )
