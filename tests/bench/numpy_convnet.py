"""SimpleConvNet of the book's chapter 7 in NumPy, for comparison: im2col for the convolution and for the pooling.

usage: python3 numpy_convnet.py FOLDER float32|float64
FOLDER holds train-images and train-labels, plain IDX. What is asked and answered: peer.py.
The gradient of the images themselves is left out, as the others leave it out.
"""
import sys

import peer
import numpy as np

folder, dtype = sys.argv[1], np.dtype(sys.argv[2])
images, labels = peer.mnist(folder)
x_train = images.astype(dtype).reshape(-1, 1, 28, 28)
rng = np.random.default_rng(1)
BATCH, FILTERS = 100, 30


def places(size, stride, out, y, x):
    """The pixels that element (y, x) of a window of this size meets, over all windows."""
    return (..., slice(y, y + stride * out, stride), slice(x, x + stride * out, stride))


def im2col(values, size, stride):
    """[n, c, h, w] → [n·out·out, c·size·size], a row for each window."""
    count, channels, height, _ = values.shape
    out = (height - size) // stride + 1
    columns = np.empty((count, channels, size, size, out, out), dtype)
    for y in range(size):
        for x in range(size):
            columns[:, :, y, x] = values[places(size, stride, out, y, x)]
    return columns.transpose(0, 4, 5, 1, 2, 3).reshape(count * out * out, -1)


def col2im(columns, shape, size, stride):
    """The sum of all windows at their places: what undoes `im2col` for gradients."""
    count, channels, height, _ = shape
    out = (height - size) // stride + 1
    columns = columns.reshape(count, out, out, channels, size, size).transpose(0, 3, 4, 5, 1, 2)
    values = np.zeros(shape, dtype)
    for y in range(size):
        for x in range(size):
            values[places(size, stride, out, y, x)] += columns[:, :, y, x]
    return values


shapes = ((25, FILTERS), (FILTERS,), (FILTERS * 144, 100), (100,), (100, 10), (10,))
params = [(0.01 * rng.standard_normal(s)).astype(dtype) if len(s) > 1 else np.zeros(s, dtype) for s in shapes]
means, squares = ([np.zeros_like(p) for p in params] for _ in range(2))
row = np.arange(BATCH)
done = 0


def iterate():
    global done
    w1, b1, w2, b2, w3, b3 = params
    chosen = rng.integers(0, len(x_train), BATCH)
    x, t = x_train[chosen], labels[chosen]
    # Forward.
    columns = im2col(x, 5, 1)
    a1 = (columns @ w1 + b1).reshape(BATCH, 24, 24, FILTERS).transpose(0, 3, 1, 2)
    z1 = np.maximum(a1, 0)
    windows = im2col(z1, 2, 2).reshape(-1, 4)
    largest = windows.argmax(axis=1)
    pooled = windows.max(axis=1).reshape(BATCH, 12, 12, FILTERS).transpose(0, 3, 1, 2)
    flat = pooled.reshape(BATCH, -1)
    a2 = flat @ w2 + b2
    z2 = np.maximum(a2, 0)
    y = z2 @ w3 + b3
    y = np.exp(y - y.max(axis=1, keepdims=True))
    y /= y.sum(axis=1, keepdims=True)
    loss = -np.log(y[row, t] + 1e-7).mean()
    # Backward.
    d3 = y
    d3[row, t] -= 1
    d3 /= BATCH
    d2 = (d3 @ w3.T) * (a2 > 0)
    from_pool = (d2 @ w2.T).reshape(BATCH, FILTERS, 12, 12).transpose(0, 2, 3, 1)
    spread = np.zeros((from_pool.size, 4), dtype)
    spread[np.arange(from_pool.size), largest] = from_pool.reshape(-1)
    d1 = col2im(spread, z1.shape, 2, 2) * (a1 > 0)
    d1 = d1.transpose(0, 2, 3, 1).reshape(-1, FILTERS)
    gradients = (columns.T @ d1, d1.sum(0), flat.T @ d2, d2.sum(0), z2.T @ d3, d3.sum(0))
    # Adam, as the book has it.
    done += 1
    rate = dtype.type(0.001 * np.sqrt(1 - 0.999**done) / (1 - 0.9**done))
    for p, g, mean, square in zip(params, gradients, means, squares):
        mean += dtype.type(0.1) * (g - mean)
        square += dtype.type(0.001) * (g * g - square)
        p -= rate * mean / (np.sqrt(square) + dtype.type(1e-7))
    return loss


peer.answer(np.__version__, {"SimpleConvNet": iterate})
