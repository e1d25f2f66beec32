"""Frames that can be told apart."""

import numpy as np


def numbered(number: int, size: tuple[int, int] = (80, 48)) -> np.ndarray:
    """Return a picture that shows `number`: brightness tells the tens, a bright column the units."""
    width, height = size
    image = np.full((height, width, 3), 20 + (number // 10) % 10 * 10, np.uint8)
    column = (number % 10) * width // 10
    image[:, column : column + width // 10] = 240
    return image
