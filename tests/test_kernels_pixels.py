"""Each pixel kernel against a plain NumPy twin or a formula."""

import numpy as np
import pytest

from sora2lib.kernels import layout as at
from sora2lib.kernels import light, pose, rays, shading, shapes, sprites, surfaces, textures
from sora2lib.render import grounds
from sora2lib.render.materials import noise_volume

HALF = np.array([0.5, 0.4, 0.3])
ROUND = np.array([0.4, 0.4, 0.3])
TURN = np.array([0.8, 0.2, -0.4, 0.4]) / np.linalg.norm([0.8, 0.2, -0.4, 0.4])
CENTRE = np.array([0.3, -0.2, 1.1])
KINDS = {
    "sphere": np.full(3, 0.5),
    "ellipsoid": HALF,
    "box": HALF,
    "wedge": HALF,
    "cylinder": ROUND,
    "capsule": ROUND,
    "cone": ROUND,
    "torus": np.array([0.5, 0.5, 0.12]),
}


def matrix(q):
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def field(kind, p, half):
    """A function of space that is negative inside a shape, from its definition."""
    x, y, z = np.moveaxis(p, -1, 0)
    a, b, c = half
    flat = np.hypot(x / a, y / b)
    box = np.max(np.abs(p) - half, axis=-1)
    if kind == "sphere":
        return np.linalg.norm(p, axis=-1) - a
    if kind == "ellipsoid":
        return np.linalg.norm(p / half, axis=-1) - 1
    if kind == "box":
        return box
    if kind == "wedge":
        return np.maximum(box, z / c - x / a)
    if kind == "cylinder":
        return np.maximum(flat - 1, np.abs(z) - c)
    if kind == "capsule":
        return np.linalg.norm(np.stack([x, y, z - np.clip(z, -c, c)]), axis=0) - a
    if kind == "cone":
        return np.maximum(flat - (c - z) / (2 * c), -c - z)
    return np.hypot(np.hypot(x, y) - a, z) - c


def twin(kind, origin, direction, half):
    """First entry of a ray into a shape: a fine march and then bisection."""
    t = np.linspace(0, 5, 4001)
    inside = field(kind, origin[:, None] + t[None, :, None] * direction[:, None], half) < 0
    hit = inside.any(1)
    first = np.maximum(inside.argmax(1), 1)
    low, high = t[first - 1], t[first]
    for _ in range(40):
        middle = 0.5 * (low + high)
        within = field(kind, origin + middle[:, None] * direction, half) < 0
        low, high = np.where(within, low, middle), np.where(within, middle, high)
    return hit, high


def body_of(half, kind, centre=CENTRE, rotation=TURN):
    looks = np.zeros((1, at.BODY), np.float32)
    looks[0, at.HALFS : at.HALFS + 3] = half
    looks[0, at.RADIUS] = np.linalg.norm(half) + half[2]
    looks[0, at.OPACITY] = 1
    parts = np.array([[0, 0, 0, 1.0, 0, 0, 0]])
    tags = np.zeros((1, at.TAGS), np.int32)
    tags[0, at.KIND], tags[0, at.CASTS] = at.SHAPES[kind], 1
    body = pose.place(
        looks, tags, parts, np.zeros(1, np.int64), centre[None], rotation[None], np.array([0.0, -9, 2]), 1e-3
    )
    return body, tags


def block_of(origin, direction):
    block = np.zeros(at.ROWS * at.PITCH, np.float32)
    n = len(origin)
    for axis in range(3):
        block[at.OX + axis * at.PITCH :][:n] = origin[:, axis]
        block[at.DX + axis * at.PITCH :][:n] = direction[:, axis]
    block[at.FROM :][:n] = -1
    block[at.FOOT :][:n] = 1e-4
    return block


def row(block, start, n):
    return block[start : start + n].astype(np.float64)


def random_rays(n=200, seed=0):
    rng = np.random.default_rng(seed)
    origin = rng.standard_normal((n, 3))
    origin = CENTRE + 2 * origin / np.linalg.norm(origin, axis=1, keepdims=True)
    direction = CENTRE + rng.uniform(-0.5, 0.5, (n, 3)) - origin
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return origin, direction


@pytest.mark.parametrize("kind", KINDS)
def test_nearest_hit_and_normal_equal_those_of_the_twin(kind):
    half, n = KINDS[kind], 200
    origin, direction = random_rays(n)
    body, tags = body_of(half, kind)
    turn = matrix(TURN)
    local_o, local_d = (origin - CENTRE) @ turn, direction @ turn
    hit, distance = twin(kind, local_o, local_d, half)
    block = block_of(origin, direction)
    rays.nearest(block, n, np.zeros(1, np.int64), 1, body, tags)
    seen = row(block, at.ID, n) == 0
    assert 30 < hit.sum() < n - 5
    # A ray that grazes the surface may fall on either side.
    assert (seen != hit).mean() <= 0.02
    both = seen & hit
    assert np.quantile(np.abs(row(block, at.T, n)[both] - distance[both]), 0.97) < 2e-4
    shading.find_points(block, n)
    surfaces.find_normals(block, n, body, tags)
    normal = np.stack([row(block, at.NX + k * at.PITCH, n) for k in range(3)], 1) @ turn
    point, step = local_o + distance[:, None] * local_d, 1e-5
    slope = np.stack(
        [field(kind, point + step * e, half) - field(kind, point - step * e, half) for e in np.eye(3)], axis=1
    )
    slope /= np.linalg.norm(slope, axis=1, keepdims=True)
    # Within a bevel's width of an edge the normal is rounded on purpose.
    assert np.quantile(1 - (normal * slope).sum(1)[both], 0.85) < 1e-3


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "torus"])
def test_span_leaves_a_convex_shape_at_its_far_side(kind):
    half, n = KINDS[kind], 100
    origin, direction = random_rays(n, seed=1)
    turn = matrix(TURN)
    local_o, local_d = (origin - CENTRE) @ turn, direction @ turn
    _, back = twin(kind, local_o + 5 * local_d, -local_d, half)
    hit, _ = twin(kind, local_o, local_d, half)
    number = np.int32(at.SHAPES[kind])
    spans = [
        shapes.span(number, *o.astype(np.float32), *d.astype(np.float32), *half.astype(np.float32))
        for o, d in zip(local_o, local_d, strict=True)
    ]
    far = np.array(spans, np.float64)[:, 1]
    assert np.quantile(np.abs(far[hit] - (5 - back[hit])), 0.97) < 5e-4


def test_support_reaches_as_far_as_the_surface():
    rng = np.random.default_rng(2)
    points = rng.uniform(-1, 1, (200_000, 3))
    for kind, half in KINDS.items():
        if kind in ("box", "wedge", "torus"):
            continue
        scale = half + (half[0] if kind == "capsule" else 0) * np.array([0, 0, 1])
        inside = (points * scale)[field(kind, points * scale, half) < 0]
        for towards in ((0.6, 0.0, 0.8), (-0.36, 0.48, -0.8), (0.8, 0.6, 0.0)):
            best = shapes.support(np.int32(at.SHAPES[kind]), *np.float32(towards), *half.astype(np.float32))
            reach = float(np.dot(best, towards))
            assert reach - 0.03 < (inside @ towards).max() <= reach + 1e-4


def sun(direction):
    air = np.zeros(at.AIR, np.float32)
    direction = np.asarray(direction, np.float64) / np.linalg.norm(direction)
    across = np.cross([0, 0, 1.0], direction)
    across /= np.linalg.norm(across)
    air[at.LIGHT : at.LIGHT + 3] = direction
    air[at.LIGHT_U : at.LIGHT_U + 3] = across
    air[at.LIGHT_V : at.LIGHT_V + 3] = np.cross(direction, across)
    air[at.SOFTNESS] = 1e-3
    return air, direction


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "torus"])
def test_shadow_on_the_ground_is_where_rays_to_the_sun_are_blocked(kind):
    half, n = KINDS[kind], 256
    body, tags = body_of(half, kind)
    air, towards = sun([0.5, -0.3, 0.9])
    foot = CENTRE[:2] - CENTRE[2] * towards[:2] / towards[2]
    x, y = np.meshgrid(foot[0] + np.linspace(-0.9, 0.9, 16), foot[1] + np.linspace(-0.9, 0.9, 16))
    ground = np.stack([x.ravel(), y.ravel(), np.zeros(n)], 1)
    turn = matrix(TURN)
    blocked, _ = twin(kind, (ground - CENTRE) @ turn, np.repeat((towards @ turn)[None], n, 0), half)
    block = block_of(np.add(ground, [0, 0, 1]), np.repeat([[0, 0, -1.0]], n, 0))
    rays.nearest(block, n, np.zeros(1, np.int64), 0, body, tags)
    shading.find_points(block, n)
    box = np.zeros(12, np.float32)
    light.receivers(block, n, air, box)
    edges, counts, extent = pose.silhouettes(body, tags, air)
    light.cast_shadows(block, n, np.zeros(1, np.int64), 1, body, tags, edges, counts, extent, air, box)
    assert 20 < blocked.sum() < 230
    assert ((row(block, at.SUN, n) < 0.5) != blocked).mean() < 0.03


def test_a_ring_casts_a_shadow_with_a_hole():
    body, tags = body_of(KINDS["torus"], "torus", centre=np.array([0, 0, 1.0]), rotation=np.array([1.0, 0, 0, 0]))
    air, towards = sun([0.3, 0.0, 1.0])
    middle = -towards[:2] / towards[2]
    ground = np.array([[*middle, 0], [middle[0] + 0.5, middle[1], 0], [middle[0] + 0.8, middle[1], 0]])
    block = block_of(np.add(ground, [0, 0, 1]), np.repeat([[0, 0, -1.0]], 3, 0))
    rays.nearest(block, 3, np.zeros(1, np.int64), 0, body, tags)
    shading.find_points(block, 3)
    box = np.zeros(12, np.float32)
    light.receivers(block, 3, air, box)
    light.cast_shadows(block, 3, np.zeros(1, np.int64), 1, body, tags, *pose.silhouettes(body, tags, air), air, box)
    assert row(block, at.SUN, 3) == pytest.approx([1, 0, 1], abs=0.02)


def test_a_sphere_on_the_ground_hides_the_sky_it_covers():
    body, tags = body_of(np.full(3, 0.5), "sphere", centre=np.array([0, 0, 0.5]), rotation=np.array([1.0, 0, 0, 0]))
    distance = np.array([0.05, 0.4, 0.9, 3.0])
    ground = np.stack([distance, np.zeros(4), np.zeros(4)], 1)
    block = block_of(np.add(ground, [0, 0, 9]), np.repeat([[0, 0, -1.0]], 4, 0))
    rays.nearest(block, 4, np.zeros(1, np.int64), 0, body, tags)
    shading.find_points(block, 4)
    block[at.OPEN : at.OPEN + 4] = 1
    light.cover_sky(block, 4, np.zeros(1, np.int64), 1, body, tags)
    left = row(block, at.OPEN, 4)
    assert left[0] < 0.3
    assert (np.diff(left)[:2] > 0).all()
    assert left[3] == 1


def test_ground_texels_are_bilinear_between_their_neighbours():
    rng = np.random.default_rng(4)
    picture = rng.uniform(0, 1, (textures.GROUND_SIZE, textures.GROUND_SIZE, 3))
    shape = rng.uniform(0, 2, picture.shape[:2])
    texture = grounds.pack(grounds.Floor(1.0, picture, np.zeros(picture.shape[:2])), shape)
    lanes = np.concatenate([np.sqrt(picture), (shape / 2)[..., None]], -1) * 255
    size = textures.GROUND_SIZE
    for u, v in rng.uniform(-2, 2, (50, 2)).astype(np.float32):
        x, y = float(u) * size - 0.5, float(v) * size - 0.5
        i, j, a, b = int(np.floor(x)), int(np.floor(y)), x % 1, y % 1
        corner = [lanes[(j + q) % size, (i + p) % size] for q in (0, 1) for p in (0, 1)]
        want = (corner[0] * (1 - a) + corner[1] * a) * (1 - b) + (corner[2] * (1 - a) + corner[3] * a) * b
        got = read_texel(texture, np.int64(0), u, v)
        assert np.abs(np.array([got >> k & 255 for k in (0, 16, 32, 48)]) - want).max() < 3


def read_texel(texture, level, u, v):
    place, right, below = textures.ground_place(level, u, v)
    return int(textures.ground_texel(texture, np.uint64(place), right, below))


def test_each_level_of_detail_is_the_mean_of_the_one_above():
    picture = np.random.default_rng(5).uniform(0, 1, (textures.GROUND_SIZE, textures.GROUND_SIZE, 3))
    texture = grounds.pack(grounds.Floor(1.0, picture, np.zeros(picture.shape[:2])), np.ones(picture.shape[:2]))
    last = int(texture[textures.level_start(textures.GROUND_LEVELS - 1)])
    want = 255 * np.sqrt(picture.mean((0, 1)))
    assert [last & 255, last >> 16 & 255, last >> 32 & 255, last >> 48] == pytest.approx([*want, 127.5], abs=0.6)


def test_noise_is_smooth_and_repeats():
    volume = noise_volume()
    cells = volume.reshape(64, 64, 64, 4) / 127
    value = textures.noise(volume, 3.0, 5.0, 7.0)
    assert value == pytest.approx(cells[3, 5, 7], abs=1e-5)
    assert textures.noise(volume, 67.0, -59.0, 7.0) == pytest.approx(value, abs=1e-5)
    assert textures.noise(volume, 3.5, 5.0, 7.0)[0] == pytest.approx(
        (cells[3, 5, 7, 0] + cells[4, 5, 7, 0]) / 2, abs=1e-5
    )


def test_fading_is_the_exponential():
    x = np.linspace(0, 6, 50)
    assert [shading.fade_out(np.float32(value)) for value in x] == pytest.approx(np.exp(-x), abs=3e-3)


def test_hull_of_a_box_seen_from_above_is_its_rectangle():
    body, tags = body_of(HALF, "box", centre=np.zeros(3), rotation=np.array([1.0, 0, 0, 0]))
    air, _ = sun([1e-4, 0, 1])
    edges, counts, extent = pose.silhouettes(body, tags, air)
    assert counts[0, 0] == 4
    assert sorted(edges[0, 0, :4, 2].tolist()) == pytest.approx([0.4, 0.4, 0.5, 0.5], abs=1e-3)
    assert extent[0, 6] == pytest.approx(0.4, abs=1e-3)


def test_stars_are_drawn_where_they_stand_and_only_on_sky():
    frame, features = np.zeros((90, 160, 3), np.uint8), np.full((90, 160), at.SKY, np.int32)
    camera = np.zeros(at.VIEW, np.float32)
    camera[at.RIGHT], camera[at.UP + 2], camera[at.FORWARD + 1] = 16 / 9, 1, 1
    camera[at.SQUARES], camera[at.SQUARES + 1] = (16 / 9) ** 2, 1
    star = np.array([[0.0, 1.0, 0.5, 100.0]], np.float32)
    sprites.add_stars(frame, features, star, camera, np.float32(1))
    weight = frame[..., 0].astype(float)
    y, x = (weight * np.indices(weight.shape)).sum((1, 2)) / weight.sum() + 0.5
    assert (x, y) == pytest.approx((80, 22.5), abs=0.05)
    covered = np.zeros_like(frame)
    sprites.add_stars(covered, np.zeros_like(features), star, camera, np.float32(1))
    assert not covered.any()
