"""Files of learned numbers, as runtime/learned_numbers.ts reads them: vectors of names in bytes, each with its scale, and layers in 16 bits."""
import os

import numpy as np
import torch


class LearnedNumbers:
    """Bytes that grow with each matrix that is put. What is given back is what a reader gets: rounded"""

    def __init__(self):
        self.data = bytearray()

    def vectors(self, values):
        """A vector a row"""
        scales = np.maximum(np.abs(values).max(1), 1e-6).astype(np.float32)
        self.data.extend(scales.tobytes())
        return self._put(values, scales[:, None], np.int8, 127)

    def matrix(self, values):
        """A layer, or what is added to it"""
        flat = values.numpy()
        scale = np.float32(np.abs(flat).max() or 1.0)
        self.data.extend(scale.tobytes())
        return self._put(flat, scale, np.int16, 32767)

    def _put(self, values, scale, kind, most):
        whole = np.round(values / scale * most)
        self.data.extend(whole.astype(kind).tobytes())
        self.data.extend(bytes(-len(self.data) % 4))
        return torch.from_numpy((whole * scale / most).astype(np.float32))


def replace(folder, contents):
    """Writes files by name. Whoever reads them has them mapped: they are replaced, not changed"""
    os.makedirs(folder, exist_ok=True)
    for name, content in contents.items():
        path = os.path.join(folder, name)
        with open(path + ".new", "wb") as file:
            file.write(content)
        os.replace(path + ".new", path)
