"""Rigid bodies in MuJoCo: bodies in, poses at the sample times and the contacts in between out.

A contact is a damped spring whose constants are per unit of mass (MuJoCo's direct ``solref``), so one number, the
damping ratio, sets the restitution of a pair whatever the masses; see :func:`sora2lib.world.pairs.damping_ratio`.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import mujoco
import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import WorldError
from sora2lib.kernels.clock import no_clock
from sora2lib.world.assets import primitives
from sora2lib.world.ear import LOOKS, Ear
from sora2lib.world.forces import Forces
from sora2lib.world.pairs import HARD_ROLLING, damping_ratio, pair_friction, pair_restitution, rolling_resistance
from sora2lib.world.parts import Primitive, rotate
from sora2lib.world.schema import GRAVITY, RATE
from sora2lib.world.stage import Body, Force, Take
from sora2lib.world.vocabulary import GROUNDS, Ground

HOLD = 14  # looks for which applied forces stay as they are
# Rate, in 1/s, at which friction would end a slip if the Coulomb limit allowed it. MuJoCo's convex contact lifts a
# slider by friction * rate * speed / stiffness, a tenth of a millimetre at this rate; a round thing that lands slips
# only for the length of the bounce and needs the firmer grip to get its spin.
GRIP, LANDING_GRIP = 60.0, 200.0
MOST_DENSE = 4  # movers; with more, sparse algebra is faster
IMPEDANCE = 0.8  # below 1, so that gravity presses what rests into its contact and nothing flickers
AT_REST = 3e-3  # m/s; what has been slower for ten steps sleeps until it is touched
SMALLEST_OVERLAP = 1e-4  # metres
RING_PIECES = 24
CONE_SIDES = 32
GROUND = "ground"


@dataclass(frozen=True)
class Pace:
    """How finely to simulate: steps a sample (a multiple of ``LOOKS``), length of an elastic contact in seconds."""

    steps: int
    blow: float

    @property
    def timestep(self) -> float:
        """Seconds a step."""
        return 1 / (RATE * self.steps)


@dataclass(frozen=True)
class Laws:
    """What holds everywhere: gravity in m/s^2, and the restitution of every blow; None leaves it to what meets."""

    gravity: float = GRAVITY
    restitution: float | None = None


USUAL = Pace(84, 0.008)
ROW = Pace(168, 0.004)  # blows travel through hanging bodies one after the other, so each must be short
EXACT = Pace(336, 0.008)  # 64 steps a contact: what the lab's elastic balls lose or gain is below 0.2 %


def _pace(bodies: tuple[Body, ...]) -> Pace:
    joints = [body.joint for body in bodies]
    return EXACT if "rail" in joints else ROW if joints.count("pivot") > 1 else USUAL


# MuJoCo would write its warnings into a file in the user's folder; play() raises them instead.
mujoco.set_mju_user_warning(lambda message: None)

# MuJoCo times every stage of a step for a report that nobody reads: a quarter of what a step of one ball takes.
mujoco.set_mjcb_time(no_clock.ctypes)


def play(
    bodies: tuple[Body, ...],
    *,
    ground: str,
    samples: int,
    forces: Sequence[Force] = (),
    reach: float = math.inf,
    laws: Laws | None = None,
) -> Take:
    """Simulate the bodies and record ``samples`` poses at 24 Hz, the first being the start.

    On water the bodies float or sink by their density; below it lies a bed of sand.

    Parameters
    ----------
    reach : metres along x and y from the middle at which the simulation is given up.
    laws : what is otherwise than on Earth; None for nothing.

    Raises
    ------
    WorldError
        The simulation became unstable: bodies that overlap by much, or speeds beyond all measure. Or a body was
        seen out of reach.

    >>> take = play((ball,), ground="ice", samples=97)  # doctest: +SKIP
    """
    pace = _pace(bodies)
    model, owners = _compile(bodies, ground, pace, laws or Laws())
    data = mujoco.MjData(model)
    applied = Forces(model, bodies, forces, wet=GROUNDS[ground].depth > 0, hold=HOLD / (RATE * LOOKS))
    for index, body in enumerate(bodies):
        _start(model, data, index + 1, body)
    mujoco.mj_forward(model, data)
    _accept_overlaps(model, data)
    movers = [i for i, body in enumerate(bodies) if not body.fixed]
    position_AT3 = np.repeat(np.array([body.position for body in bodies])[:, None], samples, axis=1)
    rotation_AT4 = np.repeat(np.array([body.rotation for body in bodies])[:, None], samples, axis=1)
    ear = Ear(model, data, owners, [*(body.name for body in bodies), GROUND])
    rows = [i + 1 for i in movers]
    for sample in range(1, samples):
        if not (applied or data.ntree_awake or ear.follows):  # nothing will wake it: the pose stays as it is
            position_AT3[movers, sample:] = position_AT3[movers, sample - 1, None]
            rotation_AT4[movers, sample:] = rotation_AT4[movers, sample - 1, None]
            break
        for look in range(LOOKS):
            if look % HOLD == 0 and applied:
                applied.apply(data)
            mujoco.mj_step(model, data, pace.steps // LOOKS)
            ear.listen()
        mujoco.mj_kinematics(model, data)
        position_AT3[movers, sample] = data.xpos[rows]
        rotation_AT4[movers, sample] = data.xquat[rows]
        if abs(data.xpos[rows, :2]).max(initial=0.0) >= reach:
            raise WorldError(f"a body went farther than {reach:g} m; give it less speed")
    if any(warning.number for warning in data.warning):
        raise WorldError("the simulation became unstable; give the bodies more room or less speed at the start")
    time_T = np.arange(samples) / RATE
    return Take(
        tuple(body.name for body in bodies), time_T, position_AT3, _continuous(rotation_AT4), tuple(ear.contacts)
    )


def _continuous(rotation_AT4: NDArray[np.float64]) -> NDArray[np.float64]:
    """Choose signs so that a quaternion never jumps to its negative twin."""
    dots = np.einsum("atk,atk->at", rotation_AT4[:, 1:], rotation_AT4[:, :-1])
    signs = np.cumprod(np.where(dots < 0, -1.0, 1.0), axis=1)
    return np.concatenate([rotation_AT4[:, :1], rotation_AT4[:, 1:] * signs[..., None]], axis=1)


def _compile(bodies: tuple[Body, ...], ground: str, pace: Pace, laws: Laws) -> tuple[mujoco.MjModel, NDArray[np.int64]]:
    """Build the model; ``owners`` maps a geom to the index of its body, the ground being the last."""
    spec = mujoco.MjSpec()
    spec.option.timestep = pace.timestep
    spec.option.gravity = [0, 0, -laws.gravity]
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.impratio = 30
    if sum(not body.fixed for body in bodies) > MOST_DENSE:
        spec.option.jacobian = mujoco.mjtJacobian.mjJAC_SPARSE
    spec.option.sleep_tolerance = AT_REST
    spec.option.enableflags |= mujoco.mjtEnableBit.mjENBL_SLEEP
    spec.option.tolerance = 1e-8
    spec.option.iterations = 20
    floor = GROUNDS[ground]
    plane = {"type": mujoco.mjtGeom.mjGEOM_PLANE, "size": [0, 0, 1], "pos": [0, 0, -floor.depth]}
    spec.worldbody.add_geom(name=GROUND, contype=0, conaffinity=0, **plane)
    geoms = [_add_body(spec, index, body) for index, body in enumerate(bodies)]
    for body, names in zip(bodies, geoms, strict=True):
        if not body.fixed:
            touch = _under(laws, _touch_ground(body, floor))
            for name in names:
                _add_pair(spec, (GROUND, name), touch, pace)
    for (a, a_names), (b, b_names) in itertools.combinations(zip(bodies, geoms, strict=True), 2):
        if not (a.fixed and b.fixed) and {a.asset, b.asset} != {"seesaw", "fulcrum"}:
            touch = _under(laws, _touch(a, b))
            for pair in itertools.product(a_names, b_names):
                _add_pair(spec, pair, touch, pace)
    model = spec.compile()
    body_of_geom = np.array(model.geom_bodyid, dtype=np.int64)
    return model, np.where(body_of_geom == 0, len(bodies), body_of_geom - 1)


def _add_body(spec: mujoco.MjSpec, index: int, body: Body) -> list[str]:
    frame = spec.worldbody.add_body(name=f"body {index}", pos=body.position, quat=body.rotation)
    if body.joint == "free":
        frame.add_freejoint()
    elif body.joint == "pivot":
        frame.add_joint(type=mujoco.mjtJoint.mjJNT_BALL, pos=[0, 0, body.size[2]])
    elif body.joint == "hinge":
        frame.add_joint(type=mujoco.mjtJoint.mjJNT_HINGE, axis=[0, 1, 0])
    elif body.joint == "rail":
        frame.add_joint(type=mujoco.mjtJoint.mjJNT_SLIDE, axis=[1, 0, 0])
    names: list[str] = []
    for part in primitives(body.asset, np.asarray(body.size)):
        if part.collides:
            for settings in _geoms(spec, part, f"{index} {len(names)}"):
                names.append(f"geom {index} {len(names)}")
                frame.add_geom(name=names[-1], density=body.density, contype=0, conaffinity=0, **settings)
    return names


def _geoms(spec: mujoco.MjSpec, part: Primitive, label: str) -> list[dict[str, object]]:
    """Return keyword sets for MuJoCo geoms that together make the part."""
    kind = mujoco.mjtGeom
    place: dict[str, object] = {"pos": part.centre, "quat": part.rotation}
    native = {
        "sphere": kind.mjGEOM_SPHERE,
        "ellipsoid": kind.mjGEOM_ELLIPSOID,
        "box": kind.mjGEOM_BOX,
        "cylinder": kind.mjGEOM_CYLINDER,
        "capsule": kind.mjGEOM_CAPSULE,
    }
    x, y, z = part.half
    if part.shape in native:
        round_size = [x, z, 0] if part.shape in ("cylinder", "capsule") else [x, y, z]
        return [{"type": native[part.shape], "size": round_size, **place}]
    if part.shape == "torus":
        angles = np.arange(RING_PIECES + 1) * (2 * math.pi / RING_PIECES)
        flat = np.stack([x * np.cos(angles), x * np.sin(angles), 0 * angles], axis=1)
        rim = part.centre + rotate(part.rotation, flat)
        return [
            {"type": kind.mjGEOM_CAPSULE, "size": [z, 0, 0], "fromto": np.concatenate([rim[i], rim[i + 1]])}
            for i in range(RING_PIECES)
        ]
    if part.shape == "wedge":
        vertices = [(-x, -y, -z), (-x, y, -z), (x, -y, -z), (x, y, -z), (x, -y, z), (x, y, z)]
    else:
        angles = np.arange(CONE_SIDES) * (2 * math.pi / CONE_SIDES)
        vertices = [(0, 0, z), *((x * math.cos(angle), y * math.sin(angle), -z) for angle in angles)]
    spec.add_mesh(name=f"mesh {label}", uservert=np.array(vertices, dtype=np.float64).ravel())
    return [{"type": kind.mjGEOM_MESH, "meshname": f"mesh {label}", **place}]


@dataclass(frozen=True)
class _Touch:
    """What happens where two surfaces meet; ``radius`` is that of what can roll there, or 0."""

    restitution: float
    friction: float
    radius: float
    roll: float
    grip: float


def _touch_ground(body: Body, floor: Ground) -> _Touch:
    radius = _rolling_radius(body)
    return _Touch(
        pair_restitution(body.restitution, floor.restitution),
        pair_friction(body.friction, floor.friction),
        radius,
        rolling_resistance(floor.restitution),
        LANDING_GRIP if radius else GRIP,
    )


def _touch(a: Body, b: Body) -> _Touch:
    return _Touch(
        pair_restitution(a.restitution, b.restitution),
        pair_friction(a.friction, b.friction),
        max(_rolling_radius(a), _rolling_radius(b)),
        HARD_ROLLING,
        GRIP,
    )


def _under(laws: Laws, touch: _Touch) -> _Touch:
    return touch if laws.restitution is None else replace(touch, restitution=laws.restitution)


def _rolling_radius(body: Body) -> float:
    part = primitives(body.asset, np.asarray(body.size))[0]
    return float(part.half[0]) if part.shape in ("sphere", "ellipsoid", "cylinder") else 0.0


def _add_pair(spec: mujoco.MjSpec, geoms: tuple[str, str], touch: _Touch, pace: Pace) -> None:
    stiffness = (math.pi / pace.blow) ** 2
    twist, roll = 0.1 * touch.friction * touch.radius, touch.roll * touch.radius
    spec.add_pair(
        geomname1=geoms[0],
        geomname2=geoms[1],
        # Without the dimensions of twist and roll a contact is cheaper; without friction only the normal is left.
        condim=1 if touch.friction == 0 else 6 if touch.radius else 3,
        friction=[touch.friction, touch.friction, twist, roll, roll],
        solref=[-stiffness, -2 * damping_ratio(touch.restitution) * math.sqrt(stiffness)],
        solreffriction=[-1, -touch.grip],
        solimp=[IMPEDANCE, IMPEDANCE, 0.001, 0.5, 2],
    )


def _start(model: mujoco.MjModel, data: mujoco.MjData, index: int, body: Body) -> None:
    """Give a body its initial velocity."""
    if model.body_dofnum[index] == 0:
        return
    first = model.body_dofadr[index]
    spin = _matrix(body.rotation).T @ np.asarray(body.spin)
    if body.joint == "free":
        data.qvel[first : first + 6] = [*body.velocity, *spin]
    elif body.joint == "pivot":
        data.qvel[first : first + 3] = spin
    elif body.joint == "hinge":
        data.qvel[first] = spin[1]
    else:
        data.qvel[first] = body.velocity[0]


def _accept_overlaps(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    """Let bodies that overlap at the start rest at that distance; a spring that deep would throw them apart."""
    pairs = {frozenset(pair): i for i, pair in enumerate(zip(model.pair_geom1, model.pair_geom2, strict=True))}
    for geoms, distance in zip(data.contact.geom.tolist(), data.contact.dist.tolist(), strict=True):
        if distance < -SMALLEST_OVERLAP:
            pair = pairs[frozenset(geoms)]
            model.pair_margin[pair] = min(model.pair_margin[pair], distance)


def _matrix(quaternion: tuple[float, float, float, float]) -> NDArray[np.float64]:
    matrix_9 = np.zeros(9)
    mujoco.mju_quat2Mat(matrix_9, np.asarray(quaternion, dtype=np.float64))
    return matrix_9.reshape(3, 3)
