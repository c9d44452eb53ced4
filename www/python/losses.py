"""Losses, each with the output function that goes with it: the mean over a mini-batch, and its derivative."""

import numpy as np


class SoftmaxWithLoss:
    """Softmax, then -log of what it gives to the right class; book 5.6.3."""

    def forward(self, x, labels):
        x = x - x.max(axis=1, keepdims=True)
        total = np.exp(x).sum(axis=1, keepdims=True)
        self.y, self.t = np.exp(x) / total, one_hot(labels, x.shape)
        return (np.log(total).ravel() - x[np.arange(len(x)), labels]).sum() / len(x)

    def backward(self):
        return (self.y - self.t) / len(self.t)


class MeanSquaredError:
    """½ Σ (y - t)²; book 4.2.1. The outputs pass unchanged."""

    def forward(self, x, labels):
        self.y, self.t = x, one_hot(labels, x.shape)
        return 0.5 * ((self.y - self.t) ** 2).sum() / len(x)

    def backward(self):
        return (self.y - self.t) / len(self.t)


class SigmoidWithLoss:
    """A sigmoid, then -t log y - (1 - t) log(1 - y); of one output t is the label, of several it is one-hot.

    Written with log(1 + exp(x)), which overflows nowhere; book 4.2.2 and 5.5.2.
    """

    def forward(self, x, labels):
        self.x = x
        self.t = labels.reshape(-1, 1).astype(x.dtype) if x.shape[1] == 1 else one_hot(labels, x.shape)
        return np.logaddexp(0, np.where(self.t == 1, -x, x)).sum() / len(x)

    def backward(self):
        return (1 / (1 + np.exp(-self.x)) - self.t) / len(self.t)


class Hinge:
    """Σ max(0, 1 + a_j - a_t) over the wrong classes; Weston and Watkins 1999."""

    def forward(self, x, labels):
        self.t = one_hot(labels, x.shape)
        lack = 1 + x - x[np.arange(len(x)), labels].reshape(-1, 1)
        self.costs = (lack > 0) & (self.t == 0)
        return np.where(self.costs, lack, 0).sum() / len(x)

    def backward(self):
        count = self.costs.sum(axis=1, keepdims=True)
        return (self.costs - self.t * count) / len(self.t)


class Huber:
    """½d² up to a distance d = y - t of 1, |d| - ½ beyond; Huber 1964."""

    def forward(self, x, labels):
        self.d = x - one_hot(labels, x.shape)
        far = np.abs(self.d)
        return np.where(far <= 1, 0.5 * self.d**2, far - 0.5).sum() / len(x)

    def backward(self):
        return np.clip(self.d, -1, 1) / len(self.d)


def one_hot(labels, shape):
    """1 at the label of each row, 0 elsewhere; book 3.6.1."""
    t = np.zeros(shape)
    t[np.arange(len(labels)), labels] = 1
    return t
