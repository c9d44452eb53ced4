"""Layers in the style of the book: forward, and backward with what forward has kept."""

import numpy as np


class Affine:
    """x·W + b; book 5.6.2."""

    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x, train_flg=True):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Sigmoid:
    """1 / (1 + exp(-x)); book 5.5.2."""

    def forward(self, x, train_flg=True):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * (1 - self.out) * self.out


class Tanh:
    """The hyperbolic tangent, whose derivative is 1 - y²; book 6.2.2."""

    def forward(self, x, train_flg=True):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1 - self.out**2)


class Relu:
    """x where it is above 0, else 0; book 5.5.1."""

    def forward(self, x, train_flg=True):
        self.mask = x <= 0
        return np.where(self.mask, 0, x)

    def backward(self, dout):
        return np.where(self.mask, 0, dout)


class Flatten:
    """Channels, rows and columns of an image in one row of numbers; book 7.5."""

    def forward(self, x, train_flg=True):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dout):
        return dout.reshape(self.shape)


class BatchNormalization:
    """Mean 0 and variance 1 over the mini-batch, then scaled by gamma and shifted by beta; book 6.3.

    Of images it normalizes each channel.
    """

    def __init__(self, gamma, beta, running_mean, running_var):
        self.gamma, self.beta = gamma, beta
        self.running_mean, self.running_var = running_mean, running_var

    def forward(self, x, train_flg=True):
        self.axes = (0,) if x.ndim == 2 else (0, 2, 3)
        self.shape = (1, -1) if x.ndim == 2 else (1, -1, 1, 1)
        if train_flg:
            mu, var = x.mean(axis=self.axes), x.var(axis=self.axes)
            self.running_mean += 0.1 * (mu - self.running_mean)
            self.running_var += 0.1 * (var - self.running_var)
        else:
            mu, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + 1e-5).reshape(self.shape)
        self.xn = (x - mu.reshape(self.shape)) / self.std
        return self.gamma.reshape(self.shape) * self.xn + self.beta.reshape(self.shape)

    def backward(self, dout):
        self.dbeta = dout.sum(axis=self.axes)
        self.dgamma = (self.xn * dout).sum(axis=self.axes)
        dxn = self.gamma.reshape(self.shape) * dout
        along = self.xn * (self.xn * dxn).mean(axis=self.axes, keepdims=True)
        return (dxn - dxn.mean(axis=self.axes, keepdims=True) - along) / self.std


class Dropout:
    """Switches values off, and divides the others by the share that stays; book 6.4.3.

    The masks are those of the page: packed bits, the values of one mini-batch after the other.
    """

    def __init__(self, dropout_ratio, masks):
        self.ratio, self.masks, self.at = dropout_ratio, masks, 0

    def forward(self, x, train_flg=True):
        if not train_flg:
            return x
        bytes_ = self.masks[self.at : self.at + (x.size + 7) // 8]
        self.at += len(bytes_)
        self.mask = np.unpackbits(bytes_, count=x.size).reshape(x.shape).astype(bool)
        return np.where(self.mask, x / (1 - self.ratio), 0)

    def backward(self, dout):
        return np.where(self.mask, dout / (1 - self.ratio), 0)


class Sum:
    """Ways side by side whose outputs are added: the shortcut of a ResNet; book 8.2.4."""

    def __init__(self, *ways):
        self.ways = ways

    def forward(self, x, train_flg=True):
        return sum(forward(way, x, train_flg) for way in self.ways)

    def backward(self, dout):
        return sum(backward(way, dout) for way in self.ways)


class Concatenation:
    """Ways side by side whose outputs become one another's channels: an Inception block; book 8.2.3."""

    def __init__(self, *ways):
        self.ways = ways

    def forward(self, x, train_flg=True):
        outs = [forward(way, x, train_flg) for way in self.ways]
        self.ends = np.cumsum([out.shape[1] for out in outs])
        return np.concatenate(outs, axis=1)

    def backward(self, dout):
        parts = np.split(dout, self.ends[:-1], axis=1)
        return sum(backward(way, part) for way, part in zip(self.ways, parts))


def forward(layers, x, train_flg=True):
    """What layers in a row make of x; book 5.7.2."""
    for layer in layers:
        x = layer.forward(x, train_flg)
    return x


def backward(layers, dout):
    """The gradient before layers in a row, from that behind them; book 5.7.2."""
    for layer in reversed(layers):
        dout = layer.backward(dout)
    return dout
