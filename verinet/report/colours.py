"""Colours for affine maps: the same map, the same colour; its hue is the slope's direction, its strength how steep.

Guarantee: numeric (colours of a picture).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["hexadecimal", "map_colours"]

Floats = npt.NDArray[np.float64]

#: From OKLab to the cube roots of cone responses, and from these to linear sRGB (B. Ottosson's matrices).
_CONES = np.array(
    [[1.0, 0.3963377774, 0.2158037573], [1.0, -0.1055613458, -0.0638541728], [1.0, -0.0894841775, -1.2914855480]]
)
_LINEAR = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def map_colours(slopes: Floats) -> Floats:
    """Red, green and blue in [0, 1] for each map, from its slopes; maps with the same slopes share a colour.

    Parameters
    ----------
    slopes : array, shape (maps, outputs, inputs)
        Beyond two numbers a map, the two directions in which the maps differ most are shown.

    Examples
    --------
    >>> flat, steep = map_colours(np.array([[[0.0, 0.0]], [[1.0, 2.0]]]))
    >>> hexadecimal(flat), hexadecimal(steep)
    ('eeeeee', 'e29342')

    Guarantee: numeric.
    """
    plain = np.nan_to_num(slopes.reshape(len(slopes), -1))
    if plain.shape[1] > 2:
        axes = np.linalg.svd(plain / max(float(np.abs(plain).max()), 1e-300), full_matrices=False)[2][:2]
        signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
        plain = plain @ (axes * signs[:, None]).T
    while plain.shape[1] < 2:
        plain = np.column_stack([plain, np.zeros(len(plain))])
    steepness = np.hypot(plain[:, 0], plain[:, 1])
    # by rank: one very steep cell must not make all others pale
    levels, places = np.unique(steepness, return_inverse=True)
    rank = (places.ravel() + 1) / len(levels)
    rank[steepness == 0] = 0.0
    hue = np.arctan2(plain[:, 1], plain[:, 0])
    lightness, chroma = 0.95 - 0.22 * rank, np.where(steepness == 0, 0.0, 0.035 + 0.10 * rank)
    return _from_oklch(lightness, chroma, hue)


def hexadecimal(colour: Floats) -> str:
    """The colour as six hexadecimal digits."""
    return "".join(f"{round(255 * float(part)):02x}" for part in colour)


def _from_oklch(lightness: Floats, chroma: Floats, hue: Floats) -> Floats:
    lab = np.column_stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)])
    linear = np.clip((lab @ _CONES.T) ** 3 @ _LINEAR.T, 0.0, 1.0)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    found: Floats = np.clip(curved, 0.0, 1.0)
    return found
