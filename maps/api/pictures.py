"""Rasters as pictures that a page gives its own colours."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def grey_png(values: NDArray[np.uint8]) -> str:
    """A grey PNG in base64 whose values are those of the raster, (rows, cols), north first."""
    kept = io.BytesIO()
    Image.fromarray(values).save(kept, "PNG", optimize=True)
    return base64.b64encode(kept.getvalue()).decode()
