"""The world: who is there, where everything is at every moment, the camera, the light, the sound.

A :class:`World` is an :class:`xarray.Dataset` with fixed variables. SI units, z up, quaternions w-x-y-z,
angles in radians. Dimensions: ``actor``, ``time`` (seconds, evenly spaced), ``joint``, ``xyz``, ``wxyz``, ``rgb``,
``line``.
"""

import json
import math
import textwrap
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sora2lib.consent import HANDLE
from sora2lib.errors import WorldError
from sora2lib.world import vocabulary
from sora2lib.world.assets import LIBRARY
from sora2lib.world.figures.skeleton import JOINTS

RATE = 24.0  # samples a second of a planned world
GRAVITY = 9.81  # m/s^2
SCHEMA = 1

# name -> (dimensions, numpy kind: f float, b bool, U text)
VARIABLES: dict[str, tuple[tuple[str, ...], str]] = {
    "asset": (("actor",), "U"),
    "material": (("actor",), "U"),
    "size": (("actor", "xyz"), "f"),  # extents in the body frame, m
    "colour": (("actor", "rgb"), "f"),  # sRGB 0..1
    "density": (("actor",), "f"),  # kg/m^3
    "restitution": (("actor",), "f"),  # 0..1
    "friction": (("actor",), "f"),
    "gloss": (("actor",), "f"),  # 0..1
    "fixed": (("actor",), "b"),  # bolted to the world
    "cameo": (("actor",), "U"),  # handle of whom it shows, see sora2lib.consent; "" is nobody
    "position": (("actor", "time", "xyz"), "f"),  # of the body frame's origin, m
    "rotation": (("actor", "time", "wxyz"), "f"),  # body to world
    "joint_angle": (("actor", "time", "joint"), "f"),  # radians; all of figures.skeleton.JOINTS, or none
    "camera_eye": (("time", "xyz"), "f"),
    "camera_target": (("time", "xyz"), "f"),
    "camera_roll": (("time",), "f"),
    "camera_fov": (("time",), "f"),  # vertical
    "camera_cut": (("time",), "b"),  # a new shot starts here
    "ground": ((), "U"),
    "sun_azimuth": ((), "f"),  # from +x towards +y
    "sun_elevation": ((), "f"),  # below zero the moon stands where the sun would by day
    "cloud": ((), "f"),  # 0..1
    "fog": ((), "f"),  # extinction, 1/m
    "rain": ((), "f"),  # 0..1, from none to a cloudburst
    "snow": ((), "f"),  # 0..1
    "wind": (("xyz",), "f"),  # m/s
    "style": ((), "U"),
    "ambience": ((), "U"),
    "ambience_level": ((), "f"),  # 0..1
    "music": ((), "U"),  # mood, or ""
    "line_speaker": (("line",), "U"),  # as the prompt calls who says it
    "line_actor": (("line",), "U"),  # the name of who says it; "" is a voice off
    "line_text": (("line",), "U"),
    "line_start": (("line",), "f"),
    "line_manner": (("line",), "U"),  # "", or how else it is said
}
COORDINATES = {"xyz": list("xyz"), "wxyz": list("wxyz"), "rgb": list("rgb")}
_NAMED: dict[str, Collection[str]] = {
    "asset": LIBRARY,
    "material": vocabulary.MATERIALS,
    "ground": vocabulary.GROUNDS,
    "ambience": vocabulary.AMBIENCES,
    "style": vocabulary.STYLES,
    "music": ("", *vocabulary.MOODS),
    "line_manner": vocabulary.MANNERS,
}
_RANGES = {
    "size": (1e-3, 1e3),
    "colour": (0, 1),
    "density": (1, 1e5),
    "restitution": (0, 1),
    "friction": (0, 10),
    "gloss": (0, 1),
    "joint_angle": (-math.tau, math.tau),
    "camera_fov": (0.01, 3.1),
    "cloud": (0, 1),
    "fog": (0, 10),
    "rain": (0, 1),
    "snow": (0, 1),
    "wind": (-100, 100),
    "ambience_level": (0, 1),
}


class World(xr.Dataset):  # type: ignore[no-untyped-call]
    """A 3-D world over time; see the module for its variables.

    >>> world = load_world("ball.nc")                   # doctest: +SKIP
    >>> world.position.sel(actor="ball", xyz="z").plot()  # doctest: +SKIP
    """

    __slots__ = ()

    @property
    def seconds(self) -> float:
        """Time from the first sample to the last."""
        return float(self.time[-1] - self.time[0])

    @property
    def rate(self) -> float:
        """Samples a second."""
        return (self.sizes["time"] - 1) / self.seconds

    def validate(self) -> "World":
        """Return the world itself, or raise a :class:`WorldError` that lists every rule it breaks."""
        problems = list(_problems(self))
        if problems:
            raise WorldError("; ".join(problems))
        return self

    def to_json(self) -> str:
        """Return the world as JSON text; :func:`from_json` brings it back bit for bit."""
        plain = self.to_dict()
        return json.dumps(
            {
                "schema": SCHEMA,
                "attrs": plain["attrs"],
                "actors": self.actor.values.tolist(),
                "time": self.time.values.tolist(),
                "variables": {name: plain["data_vars"][name]["data"] for name in VARIABLES},
            }
        )


def from_json(text: str) -> World:
    """Build a world from :meth:`World.to_json` text and validate it."""
    try:
        plain = json.loads(text)
        given = plain["variables"]  # what came to the schema later, older texts lack
        values = {name: np.asarray(given[name]) for name in VARIABLES if name in given}
        return build(actors=plain["actors"], time=plain["time"], attrs=plain["attrs"], **values)
    except (ValueError, KeyError, TypeError) as error:
        raise WorldError(f"not the JSON of a world ({error}); write it with World.to_json()") from error


def build(*, actors: list[str], time: Any, attrs: dict[str, Any] | None = None, **values: Any) -> World:
    """Assemble a world from arrays; what is not given takes its default, and the whole is validated.

    Parameters
    ----------
    actors : unique names, in the order of the arrays' first axis.
    time : (T,) seconds, evenly spaced.
    attrs : anything JSON can hold, kept with the world.
    values : arrays by variable name, shapes as in ``VARIABLES``.
    """
    time = np.asarray(time, dtype=np.float64)
    bent = np.size(values.get("joint_angle", ())) > 0
    sizes = {"actor": len(actors), "time": len(time), "line": len(values.get("line_start", ()))}
    sizes["joint"] = len(JOINTS) if bent else 0
    sizes |= {name: len(labels) for name, labels in COORDINATES.items()}
    given = _defaults(sizes) | {"line_actor": _called_so(values.get("line_speaker", ()), actors)} | values
    kinds: dict[str, Any] = {"f": np.float64, "b": np.bool_, "U": np.str_}
    data: dict[str, Any] = {
        name: (
            dims,
            np.asarray(given[name], dtype=kinds[kind]).reshape(_shape(given[name], dims, sizes)),
        )
        for name, (dims, kind) in VARIABLES.items()
    }
    coords = {"actor": np.asarray(actors, dtype=np.str_), "time": time, **COORDINATES}
    if bent:
        coords["joint"] = list(JOINTS)
    return World(data, coords=coords, attrs={"schema": SCHEMA} | (attrs or {})).validate()


def _called_so(speakers: Any, actors: list[str]) -> list[str]:
    """Who says each line of a world that does not tell: an actor of that very name, else a voice off."""
    known = {name.lower(): name for name in actors}
    return [known.get(str(speaker).lower().lstrip("@"), "") for speaker in speakers]


def _shape(value: Any, dims: tuple[str, ...], sizes: dict[str, int]) -> tuple[int, ...]:
    # Empty arrays lose their shape in JSON; all others must match as they are.
    shape = np.shape(value)
    wanted = tuple(sizes[dim] for dim in dims)
    return wanted if math.prod(wanted) == 0 == math.prod(shape) else shape


def _defaults(sizes: dict[str, int]) -> dict[str, Any]:
    actor, time = sizes["actor"], sizes["time"]
    upright = np.zeros((actor, time, 4))
    upright[..., 0] = 1.0
    return {
        "cameo": np.zeros(actor, dtype=np.str_),
        "rotation": upright,
        "joint_angle": np.zeros((actor, time, sizes["joint"])),
        "camera_roll": np.zeros(time),
        "camera_cut": np.zeros(time, dtype=bool),
        "rain": 0.0,
        "snow": 0.0,
        "wind": np.zeros(3),
        "style": "realistic",
        "music": "",
        "line_speaker": np.zeros(0, dtype=np.str_),
        "line_text": np.zeros(0, dtype=np.str_),
        "line_start": np.zeros(sizes["line"]),
        "line_manner": np.zeros(sizes["line"], dtype=np.str_),
    }


def _problems(world: World) -> Any:
    variables = world.variables  # not world[name], which would gather the coordinates each time
    missing = [name for name in (*VARIABLES, "actor", "time") if name not in variables]
    if missing:
        yield f"the world lacks {', '.join(missing)}; build it with sora2lib.world.schema.build"
        return
    for name, (dims, kind) in VARIABLES.items():
        if variables[name].dims != dims:
            yield f"{name} has dimensions {variables[name].dims}; it needs {dims}"
        elif kind == "f" and not np.isfinite(variables[name].values).all():
            yield f"{name} has values that are not finite numbers; give every sample a number"
    names = variables["actor"].values.tolist()
    if len(set(names)) < len(names):
        yield f"actor names {sorted({n for n in names if names.count(n) > 1})} occur twice; make each unique"
    steps = np.diff(variables["time"].values)
    if not len(steps) or steps.min() <= 0 or np.ptp(steps) > 1e-6:
        yield "time must rise in equal steps, two samples at least; use numpy.arange(n) / rate"
    for name, table in _NAMED.items():
        unknown = sorted(it for it in set(np.atleast_1d(variables[name].values).tolist()) if it not in table)
        if unknown:
            known = textwrap.shorten(", ".join(table), 1000, placeholder=" ...")
            yield f"{name} {unknown} is not known; use one of {known}"
    for name, (low, high) in _RANGES.items():
        values = variables[name].values
        if values.size and not (low <= values.min() and values.max() <= high):
            yield f"{name} spans {values.min():.3g} to {values.max():.3g}; keep it within {low} to {high}"
    nobody = sorted(set(variables["line_actor"].values.tolist()) - {"", *names})
    if nobody:
        yield f"line_actor {nobody} is not in the world; name one of {', '.join(names)}, or '' for a voice off"
    strange = [it for it in variables["cameo"].values.tolist() if it and not HANDLE.fullmatch(it)]
    if strange:
        yield f"cameo {strange} is no handle; take Cameo.handle, or '' for nobody"
    if "joint" in world.coords and variables["joint"].values.tolist() != list(JOINTS):
        yield "joint_angle is not in the order of figures.skeleton.JOINTS; build the world with all joints, or none"
    norms = np.linalg.norm(variables["rotation"].values, axis=-1)
    if norms.size and np.abs(norms - 1).max() > 1e-3:
        yield "rotation holds quaternions that are not of length 1; divide each by its length"


def save_world(world: World, path: str | Path) -> None:
    """Write a netCDF-4 file; attributes that netCDF cannot hold are stored as JSON text."""
    plain = world.copy()
    plain.attrs = {"sora2lib": json.dumps(world.attrs)}
    encoding = {
        name: {"zlib": True, "complevel": 1}
        for name, (dims, kind) in VARIABLES.items()
        if kind == "f" and len(dims) > 1
    }
    plain.to_netcdf(path, engine="netcdf4", encoding=encoding)


def load_world(path: str | Path) -> World:
    """Read a file of :func:`save_world` and validate it."""
    try:
        with xr.open_dataset(path, engine="netcdf4") as data:
            plain = data.load()
        attrs = json.loads(plain.attrs["sora2lib"])
        values = {name: plain[name].values for name in VARIABLES if name in plain}
        return build(actors=plain.actor.values.tolist(), time=plain.time.values, attrs=attrs, **values)
    except WorldError:
        raise
    except (OSError, ValueError, KeyError) as error:
        raise WorldError(
            f"{path} is not a world that sora2lib wrote ({error}); save one with clip.save('world.nc')"
        ) from error
