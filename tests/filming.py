"""What somebody films to become a cameo."""

import numpy as np


def scene(count=36, *, dice=0, subjects=1, size=(180, 320)):
    """Frames of a striped egg that sways before a mottled wall, and where it is (T, H, W)."""
    rng = np.random.default_rng(dice)
    height, width = size
    wall = np.kron(rng.integers(90, 130, (height // 10, width // 10, 3)), np.ones((10, 10, 1)))
    wall[..., 2] += 60
    y, x = np.mgrid[:height, :width]
    frames, masks = [], []
    for index in range(count):
        picture, mask = wall + rng.normal(0, 3, wall.shape), np.zeros(size, bool)
        for number in range(subjects):
            middle = width / 2 + 12 * np.sin(index / 6) + (number - (subjects - 1) / 2) * 130
            mask |= ((x - middle) / 40) ** 2 + ((y - 100) / 60) ** 2 < 1
        stripes = np.where((y // 8 % 2 == 0)[..., None], (220, 60, 40), (250, 200, 60))
        frames.append(np.where(mask[..., None], stripes + rng.normal(0, 3, wall.shape), picture).clip(0, 255))
        masks.append(mask)
    return np.array(frames, np.uint8), np.array(masks)


def buzz(pitch, seconds=3.0, rate=48000, tilt=1.0):
    """A voice that sings: harmonics of a wavering pitch, two ears."""
    time = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * pitch * (time + 0.002 * np.sin(2 * np.pi * 3 * time))
    sound = sum(np.sin(k * phase) / k**tilt for k in range(1, int(9000 / pitch)))
    return np.stack([0.1 * sound] * 2).astype(np.float32)
