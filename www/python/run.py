"""The run: one mini-batch after the other, its loss beside that of the page."""

import sys
from pathlib import Path

import numpy as np


def read(name):
    """An array of a file beside this script."""
    return np.load(Path(__file__).parent / name)


def repeat(network, learn, prepare, agreeing):
    """Learns the mini-batches of the page; 1 where one of the first `agreeing` losses differs by more than 1e-5.

    The page rounds to 32 bits, and that grows: a unit of ReLU that only one of both switches on is seen in every
    loss behind it. So many as are asked for are learned, whether they agree or not: python train.py 1000.
    """
    # Where numbers overflow the loss shows it.
    np.seterr(over="ignore", invalid="ignore")
    samples, labels = read("samples.npy"), read("labels.npy")
    batches, losses = read("batches.npy"), read("losses.npy")
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else agreeing
    optimizer, greatest = None, 0.0
    print("iteration  loss         on the page  difference")
    for iteration in range(min(asked, len(batches))):
        # The last mini-batch of an epoch may be smaller: its row ends with -1.
        batch = batches[iteration][batches[iteration] >= 0]
        loss, page = network.loss(prepare(samples[batch]), labels[batch]), float(losses[iteration])
        # Relative for losses above 1.
        difference = abs(loss - page) / max(1.0, abs(page))
        print(f"{iteration + 1:9}  {loss:<11.8g}  {page:<11.8g}  {difference:.1e}")
        if not np.isfinite(loss + page):
            print("The run has diverged.")
            break
        if iteration < agreeing:
            greatest = max(greatest, difference)
        optimizer = learn(iteration, optimizer, network.params, network.gradient())
    print(f"{len(batches)} iterations are here. Of the first {agreeing} the greatest difference is {greatest:.1e}.")
    return 0 if greatest <= 1e-5 else 1
