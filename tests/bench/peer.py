"""What the networks written in Python share: their data, and how they are asked.

A peer reads MNIST, says {"ready": version}, then answers each line "NET ITERATIONS" of its input with one line of JSON:
the milliseconds that each of these iterations took, drawing and copying the mini-batch included, and the last loss.
It keeps its networks between two questions, so that it can take turns with us many times in a minute.
"""
import json
import os
import sys
import time

# Before NumPy is imported; one thread, as in the wasm.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"


def mnist(folder):
    """Training images in [0, 1] as float32, one row of 784 each, and labels."""
    import numpy as np

    images = np.fromfile(os.path.join(folder, "train-images"), np.uint8)[16:].reshape(-1, 784)
    return images.astype(np.float32) / 255, np.fromfile(os.path.join(folder, "train-labels"), np.uint8)[8:]


def answer(version, networks):
    """Answers until the input ends. `networks` has for each name what does one iteration and returns its loss."""
    print(json.dumps({"ready": version}), flush=True)
    for line in sys.stdin:
        name, iterations = line.split()
        iterate = networks[name]
        times = []
        for _ in range(int(iterations)):
            begun = time.perf_counter()
            loss = iterate()
            times.append((time.perf_counter() - begun) * 1e3)
        print(json.dumps({"times": times, "loss": float(loss)}), flush=True)
