"""The named things of a world that are not bodies: colours, materials, grounds, light, weather, camera moves.

One table a topic, name -> value. Captions use the names and their synonyms, the simulator the
physical numbers, the renderer the looks, the evaluation the distances. Adding a row here adds
it everywhere.
"""

from dataclasses import dataclass

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Named:
    """A colour with the words people use for it; ``rgb`` is sRGB in 0..1."""

    rgb: Colour
    synonyms: tuple[str, ...] = ()


COLOURS: dict[str, Named] = {
    "red": Named((0.82, 0.09, 0.08), ("crimson", "scarlet", "ruby")),
    "orange": Named((0.95, 0.47, 0.06), ("amber", "tangerine")),
    "yellow": Named((0.96, 0.82, 0.12), ("lemon", "golden yellow")),
    "green": Named((0.13, 0.56, 0.18), ("emerald", "lime green")),
    "cyan": Named((0.10, 0.72, 0.74), ("turquoise", "teal", "aqua")),
    "blue": Named((0.10, 0.25, 0.80), ("navy", "azure", "cobalt")),
    "purple": Named((0.47, 0.17, 0.66), ("violet", "lilac")),
    "pink": Named((0.95, 0.45, 0.66), ("rose", "magenta")),
    "brown": Named((0.40, 0.23, 0.11), ("chestnut", "chocolate brown")),
    "white": Named((0.93, 0.93, 0.92), ("ivory", "snow white")),
    "grey": Named((0.50, 0.50, 0.51), ("gray", "silver grey")),
    "black": Named((0.05, 0.05, 0.06), ("jet black", "ebony")),
}


@dataclass(frozen=True)
class Material:
    """How a stuff weighs, bounces, slides and shines.

    Parameters
    ----------
    density : kg/m^3.
    restitution : speed after over speed before a bounce on a hard floor, 0..1.
    friction : Coulomb coefficient of sliding.
    gloss : 0 is chalk, 1 a mirror-smooth surface.
    metallic : 0 or 1; metals tint their reflections.
    """

    density: float
    restitution: float
    friction: float
    gloss: float
    metallic: float = 0.0
    synonyms: tuple[str, ...] = ()


MATERIALS: dict[str, Material] = {
    "rubber": Material(1100, 0.80, 0.90, 0.25, 0, ("bouncy", "elastic")),
    "plastic": Material(950, 0.60, 0.40, 0.60, 0, ("plasticky",)),
    "wood": Material(600, 0.45, 0.50, 0.20, 0, ("wooden", "oak")),
    "steel": Material(7800, 0.55, 0.35, 0.90, 1, ("metal", "iron", "metallic")),
    "glass": Material(2500, 0.60, 0.30, 0.95, 0, ("crystal",)),
    "stone": Material(2600, 0.35, 0.65, 0.10, 0, ("rock", "granite", "marble")),
    "foam": Material(60, 0.25, 0.80, 0.05, 0, ("sponge", "soft")),
    "leather": Material(700, 0.75, 0.75, 0.30, 0, ("leathery",)),
}


@dataclass(frozen=True)
class Ground:
    """A floor: how it answers contact, how it looks, and how much of the sky it mirrors (0..1).

    ``depth`` is that of water in metres: things fall through its surface onto a bed, or float.
    """

    friction: float
    restitution: float
    rgb: Colour
    mirror: float
    ambience: str
    synonyms: tuple[str, ...] = ()
    depth: float = 0.0


GROUNDS: dict[str, Ground] = {
    "concrete": Ground(0.80, 0.90, (0.55, 0.54, 0.52), 0.0, "city", ("asphalt", "pavement", "a parking lot")),
    "grass": Ground(0.75, 0.55, (0.22, 0.42, 0.12), 0.0, "birds", ("a lawn", "a meadow", "a green field")),
    "sand": Ground(0.90, 0.20, (0.80, 0.68, 0.46), 0.0, "sea", ("a beach", "the desert")),
    "wood floor": Ground(0.55, 0.80, (0.56, 0.36, 0.20), 0.12, "room", ("parquet", "a wooden floor", "a gym floor")),
    "ice": Ground(0.0, 0.70, (0.74, 0.85, 0.92), 0.35, "wind", ("a frozen lake", "an ice rink")),
    "snow": Ground(0.35, 0.25, (0.92, 0.94, 0.97), 0.03, "wind", ("a snowy field",)),
    "tiles": Ground(0.60, 0.85, (0.78, 0.76, 0.72), 0.18, "room", ("a tiled floor", "a checkered floor")),
    "metal": Ground(0.50, 0.80, (0.52, 0.54, 0.57), 0.30, "hall", ("a steel floor", "a metal plate")),
    "water": Ground(0.0, 0.05, (0.06, 0.20, 0.27), 0.45, "sea", ("a lake", "the sea", "a pool"), depth=1.2),
}


@dataclass(frozen=True)
class Light:
    """A time of day as a range of the sun's elevation in degrees; below zero the moon lights the scene."""

    elevation: tuple[float, float]
    synonyms: tuple[str, ...] = ()


LIGHTS: dict[str, Light] = {
    "noon": Light((55, 75), ("midday", "bright daylight")),
    "afternoon": Light((25, 45), ("daytime", "a sunny afternoon")),
    "sunset": Light((4, 11), ("golden hour", "sundown")),
    "dusk": Light((-7, -3), ("twilight", "the blue hour")),
    "night": Light((-40, -25), ("midnight", "moonlight")),
}


@dataclass(frozen=True)
class Weather:
    """Cloud cover, 0..1; fog as extinction in 1/m; rain and snow, 0..1."""

    cloud: float
    fog: float
    rain: float = 0.0
    snow: float = 0.0


WEATHERS: dict[str, Weather] = {
    "clear": Weather(0.15, 0.0),
    "overcast": Weather(0.95, 0.004),
    "fog": Weather(0.6, 0.07),
    "rain": Weather(0.92, 0.008, rain=0.55),
    "snowfall": Weather(0.9, 0.01, snow=0.55),
}

# What the camera does; orbit, pan and truck have a direction (left or right), dolly and zoom (in or out),
# crane and tilt (up or down).
CAMERA_MOVES: dict[str, tuple[str, ...]] = {
    "static": ("",),
    "pan": ("left", "right"),
    "tilt": ("up", "down"),
    "dolly": ("in", "out"),
    "truck": ("left", "right"),
    "crane": ("up", "down"),
    "orbit": ("left", "right"),
    "zoom": ("in", "out"),
    "handheld": ("",),
    "follow": ("",),
}

# Vertical share of the frame that the region of interest fills; and that the subject fills which the camera follows.
FRAMINGS: dict[str, float] = {"wide": 0.35, "medium": 0.55, "close-up": 0.85}
FOLLOWED: dict[str, float] = {"wide": 0.1, "medium": 0.18, "close-up": 0.32}
ACCOMPANIED: dict[str, float] = {"wide": 0.25, "medium": 0.42, "close-up": 0.7}

# Largest extent of a thing called so, as a range in metres.
SIZES: dict[str, tuple[float, float]] = {
    "tiny": (0.08, 0.11),
    "small": (0.14, 0.19),
    "medium": (0.24, 0.32),
    "big": (0.42, 0.55),
    "huge": (0.75, 1.10),
}

AMBIENCES = ("city", "birds", "sea", "room", "wind", "hall")
INDOORS = frozenset({"room", "hall"})  # ambiences
MOODS = ("calm", "happy", "sad", "tense", "epic", "mysterious", "playful")  # of music
MANNERS = ("", "shout", "whisper")  # of speech
STYLES = (
    "realistic", "cinematic", "anime", "noir", "retro", "watercolor", "clay", "news", "selfie", "handheld",
)  # fmt: skip
