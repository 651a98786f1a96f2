"""How each material and each ground sounds when it is struck, rubbed or rolled over."""

from dataclasses import dataclass

# Free vibrations over the lowest: of a compact body, of a slender bar (L. Kinsler et al., Fundamentals of Acoustics,
# chapter 3) and of a large plate.
SOLID = (1.0, 1.51, 1.93, 2.42, 2.87, 3.41, 4.16)
BAR = (1.0, 2.756, 5.404, 8.933)
PLATE = (1.0, 1.59, 2.14, 2.65, 3.16, 3.60, 4.23, 5.13)


@dataclass(frozen=True)
class Voice:
    """The sound of a stuff.

    Parameters
    ----------
    speed : m/s; a body of length L has its lowest mode at ``speed / (2 L)``. Far below the speed of sound in the bulk,
        since what is heard are bending and hollow bodies.
    ring : seconds in which a mode at 1 kHz falls by 60 dB.
    damping : exponent with which higher modes die sooner.
    contact : seconds that two of its kind touch in a blow at 1 m/s; a long contact cannot excite high modes.
    loud : how well it radiates.
    noise : level of the unpitched part of a blow, ``hiss`` its centre in Hz, ``burst`` its length in seconds.
    rough : level when rolled or rubbed, and ``grit`` the centre of that noise in Hz at 1 m/s.
    crumbly : whether its noise is made of grains.
    """

    speed: float
    ring: float
    damping: float
    contact: float
    loud: float
    noise: float
    hiss: float
    burst: float
    rough: float
    grit: float
    crumbly: bool = False


MATERIALS: dict[str, Voice] = {
    "rubber": Voice(55, 0.070, 0.3, 3e-3, 0.9, 0.10, 300, 0.012, 0.30, 300),
    "plastic": Voice(220, 0.110, 0.1, 3e-4, 0.6, 0.80, 5500, 0.003, 0.45, 900),
    "wood": Voice(150, 0.070, 0.9, 6e-4, 1.0, 0.20, 1100, 0.006, 0.50, 600),
    "steel": Voice(400, 1.800, 0.5, 1.5e-4, 0.9, 0.15, 5000, 0.005, 0.60, 1600),
    "glass": Voice(1000, 0.450, 0.3, 1e-4, 0.9, 0.30, 9000, 0.003, 0.35, 2400),
    "stone": Voice(330, 0.020, 0.2, 2e-4, 0.6, 1.30, 2600, 0.006, 0.70, 800),
    "foam": Voice(60, 0.015, 0.3, 8e-3, 0.25, 0.45, 220, 0.030, 0.12, 250),
    "leather": Voice(60, 0.050, 0.2, 2.0e-3, 0.8, 1.30, 1300, 0.014, 0.30, 350),
}

# Grounds are struck as a slab of this length in m.
SLAB = 0.7
GROUNDS: dict[str, Voice] = {
    "concrete": Voice(240, 0.04, 0.4, 2e-4, 0.12, 0.20, 1800, 0.008, 0.60, 700),
    "grass": Voice(80, 0.04, 0.5, 5e-3, 0.35, 0.40, 500, 0.030, 0.35, 1200, crumbly=True),
    "sand": Voice(70, 0.03, 0.5, 9e-3, 0.35, 0.60, 900, 0.050, 0.50, 1800, crumbly=True),
    "wood floor": Voice(130, 0.16, 0.6, 6e-4, 0.28, 0.12, 900, 0.012, 0.55, 450),
    "ice": Voice(900, 0.16, 0.4, 2e-4, 0.20, 0.30, 4200, 0.010, 0.04, 4500),
    "snow": Voice(60, 0.02, 0.5, 9e-3, 0.20, 0.90, 1900, 0.070, 0.45, 2200, crumbly=True),
    "tiles": Voice(700, 0.07, 0.5, 1.5e-4, 0.14, 0.20, 3200, 0.006, 0.45, 1100),
    "metal": Voice(320, 0.35, 0.5, 2e-4, 0.18, 0.18, 3000, 0.008, 0.65, 1200),
    "water": Voice(90, 0.05, 0.4, 6e-3, 0.15, 1.00, 1300, 0.090, 0.30, 1500, crumbly=True),
}
