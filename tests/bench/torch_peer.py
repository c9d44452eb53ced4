"""The same networks in PyTorch, eager and in one thread, for comparison.

usage: python3 torch_peer.py FOLDER
FOLDER holds train-images and train-labels, plain IDX. What is asked and answered: peer.py.
"""
import sys

import peer
import torch
from torch import nn

torch.set_num_threads(1)
torch.set_num_interop_threads(1)
torch.manual_seed(1)
images, labels = peer.mnist(sys.argv[1])
x_train, t_train = torch.from_numpy(images), torch.from_numpy(labels).long()
adam, sgd = torch.optim.Adam, torch.optim.SGD


def network(rule, rate, *layers):
    net = nn.Sequential(*layers)
    for layer in net:
        if hasattr(layer, "weight"):
            nn.init.normal_(layer.weight, std=0.01)
            nn.init.zeros_(layer.bias)
    optimizer = rule(net.parameters(), rate)

    def iterate():
        chosen = torch.randint(0, len(x_train), (100,))
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(net(x_train[chosen]), t_train[chosen])
        loss.backward()
        optimizer.step()
        return loss.item()

    return iterate


peer.answer(
    torch.__version__,
    {
        "784-50-10": network(sgd, 0.1, nn.Linear(784, 50), nn.Sigmoid(), nn.Linear(50, 10)),
        "784-100-10": network(sgd, 0.1, nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10)),
        "SimpleConvNet": network(
            adam,
            0.001,
            nn.Unflatten(1, (1, 28, 28)),
            nn.Conv2d(1, 30, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(30 * 12 * 12, 100),
            nn.ReLU(),
            nn.Linear(100, 10),
        ),
    },
)
