"""Convolution and pooling by im2col; book chapter 7."""

import numpy as np


def im2col(x, size, stride, pad, value=0):
    """All windows of images as rows of one matrix; book 7.4.3.

    x is (images, channels, height, width), the result (images · rows · columns, channels · size · size).
    """
    N, C, H, W = x.shape
    out_h, out_w = (H + 2 * pad - size) // stride + 1, (W + 2 * pad - size) // stride + 1
    img = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], constant_values=value)
    col = np.empty((N, C, size, size, out_h, out_w), x.dtype)
    for i in range(size):
        for j in range(size):
            col[:, :, i, j] = img[:, :, i : i + stride * out_h : stride, j : j + stride * out_w : stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * out_h * out_w, -1)


def col2im(col, shape, size, stride, pad):
    """The sums of what windows hold for each place of the images; the way back of im2col."""
    N, C, H, W = shape
    out_h, out_w = (H + 2 * pad - size) // stride + 1, (W + 2 * pad - size) // stride + 1
    col = col.reshape(N, out_h, out_w, C, size, size).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((N, C, H + 2 * pad + stride - 1, W + 2 * pad + stride - 1), col.dtype)
    for i in range(size):
        for j in range(size):
            img[:, :, i : i + stride * out_h : stride, j : j + stride * out_w : stride] += col[:, :, i, j]
    return img[:, :, pad : pad + H, pad : pad + W]


class Convolution:
    """Filters W, moved over the images, plus b; book 7.4.3."""

    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad

    def forward(self, x, train_flg=True):
        N, _, H, W = x.shape
        filters, _, size, _ = self.W.shape
        out_h = (H + 2 * self.pad - size) // self.stride + 1
        out_w = (W + 2 * self.pad - size) // self.stride + 1
        self.shape = x.shape
        self.col = im2col(x, size, self.stride, self.pad)
        out = self.col @ self.W.reshape(filters, -1).T + self.b
        return out.reshape(N, out_h, out_w, filters).transpose(0, 3, 1, 2)

    def backward(self, dout):
        filters, _, size, _ = self.W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, filters)
        self.db = dout.sum(axis=0)
        self.dW = (self.col.T @ dout).T.reshape(self.W.shape)
        return col2im(dout @ self.W.reshape(filters, -1), self.shape, size, self.stride, self.pad)


class Pooling:
    """The largest value of each window; book 7.4.4."""

    def __init__(self, size, stride, pad=0):
        self.size, self.stride, self.pad = size, stride, pad

    def forward(self, x, train_flg=True):
        N, C, H, W = x.shape
        out_h = (H + 2 * self.pad - self.size) // self.stride + 1
        out_w = (W + 2 * self.pad - self.size) // self.stride + 1
        self.shape = x.shape
        # What lies outside is below every value.
        col = im2col(x, self.size, self.stride, self.pad, -np.inf).reshape(-1, self.size**2)
        self.found = col.argmax(axis=1)
        return col.max(axis=1).reshape(N, out_h, out_w, C).transpose(0, 3, 1, 2)

    def backward(self, dout):
        dout = dout.transpose(0, 2, 3, 1)
        dmax = np.zeros((dout.size, self.size**2), dout.dtype)
        dmax[np.arange(dout.size), self.found] = dout.ravel()
        return col2im(dmax, self.shape, self.size, self.stride, self.pad)


class AveragePooling:
    """The mean of each window, of as many values as lie inside the image; book 7.3.1."""

    def __init__(self, size, stride, pad=0):
        self.size, self.stride, self.pad = size, stride, pad

    def forward(self, x, train_flg=True):
        N, C, H, W = x.shape
        out_h = (H + 2 * self.pad - self.size) // self.stride + 1
        out_w = (W + 2 * self.pad - self.size) // self.stride + 1
        self.shape = x.shape
        col = im2col(x, self.size, self.stride, self.pad).reshape(-1, self.size**2)
        inside = im2col(np.ones_like(x), self.size, self.stride, self.pad).reshape(-1, self.size**2)
        self.share = inside / inside.sum(axis=1, keepdims=True)
        return (col * self.share).sum(axis=1).reshape(N, out_h, out_w, C).transpose(0, 3, 1, 2)

    def backward(self, dout):
        dcol = dout.transpose(0, 2, 3, 1).reshape(-1, 1) * self.share
        return col2im(dcol, self.shape, self.size, self.stride, self.pad)
