"""Update rules; book 6.1. Each changes the parameters in place, so that the layers have them."""

import numpy as np


class SGD:
    """W ← W - η·g; book 6.1.2."""

    def __init__(self, lr):
        self.lr = lr

    def update(self, params, grads):
        for key in grads:
            params[key] -= self.lr * grads[key]


class Momentum:
    """v ← μ·v - η·g, W ← W + v; book 6.1.4."""

    def __init__(self, lr, momentum):
        self.lr, self.momentum, self.v = lr, momentum, None

    def update(self, params, grads):
        if self.v is None:
            self.v = {key: np.zeros_like(value) for key, value in grads.items()}
        for key in grads:
            self.v[key] = self.momentum * self.v[key] - self.lr * grads[key]
            params[key] += self.v[key]


class Nesterov:
    """v ← μ·v - η·g, W ← W + μ·v - η·g; Bengio et al. 2012."""

    def __init__(self, lr, momentum):
        self.lr, self.momentum, self.v = lr, momentum, None

    def update(self, params, grads):
        if self.v is None:
            self.v = {key: np.zeros_like(value) for key, value in grads.items()}
        for key in grads:
            self.v[key] = self.momentum * self.v[key] - self.lr * grads[key]
            params[key] += self.momentum * self.v[key] - self.lr * grads[key]


class AdaGrad:
    """h ← h + g², W ← W - η·g / (√h + 1e-7); book 6.1.5."""

    def __init__(self, lr):
        self.lr, self.h = lr, None

    def update(self, params, grads):
        if self.h is None:
            self.h = {key: np.zeros_like(value) for key, value in grads.items()}
        for key in grads:
            self.h[key] += grads[key] ** 2
            params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + 1e-7)


class RMSprop:
    """h ← 0.99·h + 0.01·g², W ← W - η·g / (√h + 1e-7): AdaGrad that forgets; book 6.1.5."""

    def __init__(self, lr):
        self.lr, self.h = lr, None

    def update(self, params, grads):
        if self.h is None:
            self.h = {key: np.zeros_like(value) for key, value in grads.items()}
        for key in grads:
            self.h[key] = 0.99 * self.h[key] + 0.01 * grads[key] ** 2
            params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + 1e-7)


class Adam:
    """Momentum and RMSprop in one, each corrected for its beginning at 0; book 6.1.6."""

    def __init__(self, lr, beta1, beta2):
        self.lr, self.beta1, self.beta2, self.iter, self.m, self.v = lr, beta1, beta2, 0, None, None

    def update(self, params, grads):
        if self.m is None:
            self.m = {key: np.zeros_like(value) for key, value in grads.items()}
            self.v = {key: np.zeros_like(value) for key, value in grads.items()}
        self.iter += 1
        for key in grads:
            self.m[key] = self.beta1 * self.m[key] + (1 - self.beta1) * grads[key]
            self.v[key] = self.beta2 * self.v[key] + (1 - self.beta2) * grads[key] ** 2
            m = self.m[key] / (1 - self.beta1**self.iter)
            v = self.v[key] / (1 - self.beta2**self.iter)
            params[key] -= self.lr * m / (np.sqrt(v) + 1e-8)


def decay_weights(grads, params, decay):
    """The gradient of ½·λ·W² on top of the loss's, for weights alone; book 6.4.2."""
    for key in grads:
        if key.startswith("W"):
            grads[key] = grads[key] + decay * params[key]


def clip_gradients(grads, most):
    """Scales all gradients down where their common norm is above `most`; Pascanu, Mikolov and Bengio 2013."""
    norm = np.sqrt(sum((grad**2).sum() for grad in grads.values()))
    if np.isfinite(norm) and norm > most:
        for key in grads:
            grads[key] = grads[key] * (most / norm)
