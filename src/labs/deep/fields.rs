//! What may be set.

use super::architectures;
use crate::labs::field::{Choice, Field, Kind};
use crate::labs::parts;
use crate::text::Text;

const READY: &[&str] = &["ready"];
const OPENED: &[&str] = &["architectures"];
const TRAINED: &[&str] = &["train"];
const OWN: &[&str] = &["own"];
const SEEDED: &[&str] = &["train", "own"];

const EXPERIMENTS: &[Choice] = &[
    Choice::new("ready", Text::new("Trained networks", "训练好的网络")),
    Choice::new("architectures", Text::new("Architectures", "网络结构")),
    Choice::new("train", Text::new("Train side by side", "并排训练")),
    Choice::new("own", Text::new("Teach it", "微调")),
];

const WRONG: &[Choice] = &[
    Choice::same("deep", "DeepConvNet"),
    Choice::same("lenet", "LeNet"),
    Choice::same("simple", "SimpleConvNet"),
    Choice::new("all", Text::new("All three", "三个网络都错")),
];

pub(super) const FIELDS: &[Field] = &[
    Field::new(
        "experiment",
        Text::new("Experiment", "实验"),
        Text::new(
            "Networks that were trained before and what they get wrong, the architectures of 8.2 block by block, three small ones of their kind in training, or the deep network trained on with your own digits.",
            "预先训练好的网络及其识别错误的数字；8.2 节各网络结构的逐块展开；训练三个同类的小型网络；或用你自己的数字微调深度网络。",
        ),
        Kind::Choice { options: EXPERIMENTS },
        "ready",
    )
    .main(),
    Field::new(
        "wrong",
        Text::new("Mistakes of", "错误来自"),
        Text::new(
            "Whose mistakes are shown. A frame marks digits that all three get wrong.",
            "显示哪个网络识别错误的数字。带框的数字三个网络都识别错误。",
        ),
        Kind::Choice { options: WRONG },
        "deep",
    )
    .main()
    .only("experiment", READY),
    Field::new(
        "architecture",
        Text::new("Network", "网络"),
        Text::new("Select one of its blocks to open it.", "选择其中的一块可将其展开。"),
        Kind::Choice { options: architectures::CHOICES },
        "alexnet",
    )
    .main()
    .only("experiment", OPENED),
    parts::iterations_field(Some(("experiment", TRAINED))).default("300").main(),
    Field::new(
        "learningRate",
        Text::new("Learning rate", "学习率"),
        Text::new(
            "Of Adam (6.1.6). Too large a step, and it forgets what it knew.",
            "Adam 的学习率（6.1.6 节）。更新幅度过大，就会忘记原来学会的。",
        ),
        Kind::Log { min: 1e-5, max: 0.1 },
        "0.0005",
    )
    .main()
    .live()
    .only("experiment", OWN),
    Field::new(
        "mnist",
        Text::new("MNIST images beside them", "同时学习的 MNIST 图像"),
        Text::new(
            "The first training images of MNIST, learned along with 400 copies of your digits, each a little distorted. Without any it forgets sooner.",
            "MNIST 的前若干张训练图像，与你的数字的 400 个略有变形的副本一起学习。若一张也没有，会更快忘记。",
        ),
        Kind::Count { min: 0, max: 10_000 },
        "400",
    )
    .only("experiment", OWN),
    Field::new(
        "teachings",
        Text::new("Iterations", "迭代次数"),
        Text::new(
            "Mini-batches of 40 images, your digits and those of MNIST.",
            "每个 mini-batch 有 40 张图像，包括你的数字和 MNIST 的数字。",
        ),
        Kind::Count { min: 1, max: 1000 },
        "30",
    )
    .only("experiment", OWN),
    parts::batch(Some(("experiment", TRAINED))),
    parts::seed(Some(("experiment", SEEDED))),
];
