"""Where things lie in the arrays that the pixel kernels share.

A *block* holds up to ``PITCH`` rays as rows of one flat float32 array: ``block[PX + i]`` is the x of the point that
ray i hit. The pitch is a constant, so the compiler knows that rows do not overlap and vectorises every loop.
A *body* row describes a primitive's pose and look, its *tag* row what kind it is.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PITCH = 256
FAR = np.float32(1e9)
ZERO, HALF, ONE, TWO, THREE = (np.float32(value) for value in (0, 0.5, 1, 2, 3))
TINY = np.float32(1e-9)

SKY, GROUND, BACKDROP = -1, -2, -3
SPHERE, ELLIPSOID, BOX, CYLINDER, CAPSULE, CONE, TORUS, WEDGE = range(8)
NET, CUTOUT = 8, 9
SHAPES = {
    "sphere": SPHERE,
    "ellipsoid": ELLIPSOID,
    "box": BOX,
    "cylinder": CYLINDER,
    "capsule": CAPSULE,
    "cone": CONE,
    "torus": TORUS,
    "wedge": WEDGE,
    "cutout": CUTOUT,
}

# Rows of a block: origin, direction, hit, point, normal, albedo, light, result, mirror ray, places on the sun's plane.
ROWS = 50
(
    OX, OY, OZ, DX, DY, DZ, T, ID, FROM, FOOT, EDGE, PX, PY, PZ, NX, NY, NZ, FEATURE,
    AR, AG, AB, RELIEF, ROUGH, SUN, OPEN, CR, CG, CB, MX, MY, MZ, WR, WG, WB, SHARP, GX, GY, GZ, HX, HY, HZ, VR, VG, VB,
    U, V, S, D, E, F,
) = (row * PITCH for row in range(ROWS))  # fmt: skip

# Columns of a body: centre, rotation from world to body, half extents, bounding radius, colours, looks, and of a
# cut-out its picture with the pixels a metre along x and z.
BODY = 32
CENTRE, ROTATION, HALFS, RADIUS, HALO, MAIN, ACCENT, GLOSS, METALLIC, OPACITY, SEED, CLEAR, CARD = (
    0, 3, 12, 15, 16, 17, 20, 23, 24, 25, 26, 27, 28,
)  # fmt: skip
# Columns of a tag.
KIND, PATTERN, STUFF, ACTOR, CASTS, TAGS = range(6)

# The camera: eye, the three axes scaled so that a ray is forward + x * right + y * up, size, footprint of a pixel.
VIEW = 20
EYE, RIGHT, UP, FORWARD, WIDTH, HEIGHT, PIXEL, SQUARES = 0, 3, 6, 9, 12, 13, 14, 15

# The air: key light, its plane, colours, ambient light as linear spherical harmonics, fog, exposure, ground, and
# whether light falls in flat tones as on an animator's cel.
AIR = 41
LIGHT, LIGHT_U, LIGHT_V, KEY, SOFTNESS, AMBIENT, FOG, FOG_HEIGHT, HAZE = 0, 3, 6, 9, 12, 13, 25, 26, 27
MIRROR, GROUND_ROUGH, GROUND_SCALE, GROUND_KIND, BOUNCE, DISC, DISC_COLOUR, FAR_SCALE, CEL = (
    28, 29, 30, 31, 32, 35, 36, 39, 40,
)  # fmt: skip

# A picture in the distance: its axes, so that a ray's place in it is a quotient; the width of its view by an angle of
# one; how sharp its rims are; metres from which it covers the ground, and the inverse of those that it takes to; share
# of the coarser level.
HUNG = 14
HUNG_AHEAD, HUNG_RIGHT, HUNG_UP, HUNG_EVEN, HUNG_RIM, HUNG_NEAR, HUNG_RISE, HUNG_COARSE = (
    0, 3, 6, 9, 10, 11, 12, 13,
)  # fmt: skip

# A silhouette: two convex polygons (the second one a hole), each edge normal x, y, offset, depth at 0, slope of depth.
EDGES = 24
EDGE_COLUMNS = 5
# Its extent: least and greatest u, v, s, the inner radius, centre u, v, s.
EXTENT = 10


# N bodies
class Scene(NamedTuple):
    """Everything the pixels of one moment depend on."""

    body: NDArray[np.float32]  # (N, BODY)
    tags: NDArray[np.int32]  # (N, TAGS)
    edges: NDArray[np.float32]  # (N, 2, EDGES, EDGE_COLUMNS)
    counts: NDArray[np.int32]  # (N, 2)
    extent: NDArray[np.float32]  # (N, EXTENT)
    bounds: NDArray[np.float32]  # (N, 4) pixels
    mirrored: NDArray[np.float32]  # (N, 4) pixels, of the images in the ground
    camera: NDArray[np.float32]  # (VIEW,)
    air: NDArray[np.float32]  # (AIR,)
    texture: NDArray[np.int64]  # the ground, all levels of detail
    dome: NDArray[np.float32]  # (1024, 1024, 3) the sky
    calm: NDArray[np.float32]  # (258, 258, 3) the same, coarser
    ring: NDArray[np.float32]  # (RING + 2, 3) the horizon
    volume: NDArray[np.int8]  # (64 * 64 * 64, 4) noise
    curve: NDArray[np.float32]  # display value 0..255 by the bits of the radiance
    cards: NDArray[np.float32]  # (pictures, texels, 4) of cut-outs
    hung: NDArray[np.float32]  # (HUNG,) where a picture hangs in the distance, (0,) where none does
    fine: NDArray[np.float32]  # (H, W, 3) that picture
    coarse: NDArray[np.float32]  # (H / 2, W / 2, 3) the same
    around: NDArray[np.float32]  # (R, C, 3) how it goes on all around
    cover: NDArray[np.float32]  # (R, C, 3) how much of that shows


class Scratch(NamedTuple):
    """Working memory of one thread."""

    block: NDArray[np.float32]  # (ROWS * PITCH,) rays of the camera
    other: NDArray[np.float32]  # the same for mirrored rays
    box: NDArray[np.float32]  # (12,) where the points of the block lie
    other_box: NDArray[np.float32]
    names: NDArray[np.int64]  # (3, N) bodies seen in a tile, in its mirror, and all
    near: NDArray[np.int64]  # (N,) bodies that shade or cover a block
    places: NDArray[np.int64]  # (256, 2) pixels of a tile that are drawn
