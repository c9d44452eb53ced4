"""The two-layer networks of the book's chapters 4 and 5 in NumPy, for comparison.

usage: python3 numpy_two_layer.py FOLDER float32|float64
FOLDER holds train-images and train-labels, plain IDX. What is asked and answered: peer.py.
"""
import sys

import peer
import numpy as np

folder, dtype = sys.argv[1], np.dtype(sys.argv[2])
images, labels = peer.mnist(folder)
x_train = images.astype(dtype)
t_train = np.eye(10, dtype=dtype)[labels]
rng = np.random.default_rng(1)


def network(hidden, activation):
    shapes = ((784, hidden), (hidden, 10))
    w1, w2 = [(0.01 * rng.standard_normal(shape)).astype(dtype) for shape in shapes]
    b1, b2 = np.zeros(hidden, dtype), np.zeros(10, dtype)
    row = np.arange(100)

    def iterate():
        chosen = rng.integers(0, len(x_train), 100)
        x, t = x_train[chosen], t_train[chosen]
        a = x @ w1 + b1
        z = 1 / (1 + np.exp(-a)) if activation == "sigmoid" else np.maximum(a, 0)
        y = z @ w2 + b2
        y = np.exp(y - y.max(axis=1, keepdims=True))
        y /= y.sum(axis=1, keepdims=True)
        # The others return a loss for each iteration too.
        loss = -np.log(y[row, labels[chosen]] + 1e-7).mean()
        d = (y - t) / dtype.type(100)
        da = (d @ w2.T) * (z * (1 - z) if activation == "sigmoid" else a > 0)
        for p, g in ((w1, x.T @ da), (b1, da.sum(0)), (w2, z.T @ d), (b2, d.sum(0))):
            p -= dtype.type(0.1) * g
        return loss

    return iterate


peer.answer(np.__version__, {"784-50-10": network(50, "sigmoid"), "784-100-10": network(100, "relu")})
