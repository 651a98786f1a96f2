"""Listens to a MuJoCo simulation: who begins to touch whom, when, where and how hard."""

from dataclasses import replace

import mujoco
import numpy as np
from numpy.typing import NDArray

from sora2lib.world.schema import RATE
from sora2lib.world.stage import Contact

LOOKS = 42  # times a sample, about once a millisecond, to see who touches; shorter than any contact
FLICKER = 3  # looks; what was apart for less, as a rolling ball is, has not begun to touch
LONGEST_BLOW = 16  # looks after which what still touches is no longer the blow
SLOWEST_IMPACT = 0.05  # m/s; slower touches are not events
NOTHING = np.zeros((0, 2), dtype=np.int32)


class Ear:
    """Writes down each moment at which two bodies begin to touch, exact to a fraction of a step."""

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData, owners: NDArray[np.int64], names: list[str]) -> None:
        self.contacts: list[Contact] = []
        self._data, self._owners, self._names = data, owners.tolist(), names
        self._timestep = model.opt.timestep
        self._key = b""
        self._touching: set[tuple[int, int]] = set()
        self._look = 0
        self._parted: dict[tuple[int, int], int] = {}
        self._open: dict[tuple[int, int], Contact] = {}
        self._impulse: dict[tuple[int, int], float] = {}
        self._looks: dict[tuple[int, int], int] = {}

    @property
    def follows(self) -> bool:
        """Whether a blow is still under way."""
        return bool(self._open)

    def listen(self) -> None:
        """Look at the contacts of the last step."""
        self._look += 1
        if not (self._data.ncon or self._key or self._open):
            return
        contact = self._data.contact
        geoms = contact.geom if self._data.ncon else NOTHING
        key = geoms.tobytes()
        if key == self._key and not self._open:
            return
        self._key = key
        touching: dict[tuple[int, int], list[int]] = {}
        if key:
            owners = self._owners
            for i, ((one, two), row) in enumerate(zip(geoms.tolist(), contact.efc_address.tolist(), strict=True)):
                if row >= 0:
                    a, b = owners[one], owners[two]
                    touching.setdefault((a, b) if a < b else (b, a), []).append(i)
        for pair in self._touching - touching.keys():
            self._parted[pair] = self._look
        for pair in touching.keys() - self._touching - self._open.keys():
            if self._look - self._parted.get(pair, -FLICKER) >= FLICKER:
                self._begin(pair, touching[pair])
        for pair in list(self._open):
            self._follow(pair, touching.get(pair, []))
        self._touching = set(touching)

    def _begin(self, pair: tuple[int, int], points: list[int]) -> None:
        contact = self._data.contact
        speeds = -self._data.efc_vel[contact.efc_address[points]]
        hardest = int(np.argmax(speeds))
        speed, depth = float(speeds[hardest]), -float(contact.dist[points[hardest]])
        # What spring and damper have taken since the touch, to first order in the one or two steps that have passed.
        spring, damper = (-contact.solref[points[hardest]]).tolist()
        at_touch = speed + damper * depth
        at_touch = speed + damper * depth + spring * depth**2 / max(speed + at_touch, 1e-9)
        if speed > 0 and at_touch > SLOWEST_IMPACT:
            time = float(self._data.time - self._timestep - 2 * depth / (speed + at_touch))
            place = tuple(contact.pos[points[hardest]].tolist())
            a, b = (self._names[i] for i in pair)
            self._open[pair] = Contact(max(time, 0.0), a, b, impulse=0.0, speed=at_touch, place=place)
            self._impulse[pair], self._looks[pair] = 0.0, 0

    def _follow(self, pair: tuple[int, int], points: list[int]) -> None:
        """Add up the impulse until the bodies part or the blow is over."""
        if points:
            force = float(self._data.efc_force[self._data.contact.efc_address[points]].sum())
            self._impulse[pair] += force / (RATE * LOOKS)
            self._looks[pair] += 1
        if not points or self._looks[pair] == LONGEST_BLOW:
            self.contacts.append(replace(self._open.pop(pair), impulse=self._impulse[pair]))
