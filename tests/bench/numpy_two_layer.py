"""The same two-layer networks in NumPy, for comparison: one line of JSON, milliseconds an iteration.

usage: python3 numpy_two_layer.py FOLDER HIDDEN sigmoid|relu float32|float64 ITERATIONS
FOLDER holds train-images and train-labels, plain IDX.
"""
import json, os, sys, time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np

folder, hidden, activation, dtype, iterations = sys.argv[1], int(sys.argv[2]), sys.argv[3], np.dtype(sys.argv[4]), int(sys.argv[5])
images = np.fromfile(os.path.join(folder, "train-images"), np.uint8)[16:].reshape(-1, 784)
x_train = (images.astype(np.float32) / 255).astype(dtype)
t_train = np.eye(10, dtype=dtype)[np.fromfile(os.path.join(folder, "train-labels"), np.uint8)[8:]]
rng = np.random.default_rng(1)
params = [(0.01 * rng.standard_normal(shape)).astype(dtype) for shape in ((784, hidden), (hidden, 10))]
w1, w2, b1, b2 = params[0], params[1], np.zeros(hidden, dtype), np.zeros(10, dtype)
times = []
for _ in range(iterations):
    begun = time.perf_counter()
    chosen = rng.integers(0, len(x_train), 100)
    x, t = x_train[chosen], t_train[chosen]
    a = x @ w1 + b1
    z = 1 / (1 + np.exp(-a)) if activation == "sigmoid" else np.maximum(a, 0)
    y = z @ w2 + b2
    y = np.exp(y - y.max(axis=1, keepdims=True))
    y /= y.sum(axis=1, keepdims=True)
    d = (y - t) / dtype.type(100)
    da = (d @ w2.T) * (z * (1 - z) if activation == "sigmoid" else a > 0)
    for p, g in ((w1, x.T @ da), (b1, da.sum(0)), (w2, z.T @ d), (b2, d.sum(0))):
        p -= dtype.type(0.1) * g
    times.append(time.perf_counter() - begun)
times = np.array(times[iterations // 10:]) * 1e3
print(json.dumps({"median": float(np.median(times)), "p90": float(np.quantile(times, 0.9))}))
