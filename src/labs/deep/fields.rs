//! What may be set.

use super::architectures;
use crate::labs::field::{Choice, Field, Kind};
use crate::labs::parts;
use crate::text::Text;

const READY: &[&str] = &["ready"];
const OPENED: &[&str] = &["architectures"];
const TRAINED: &[&str] = &["train"];

const EXPERIMENTS: &[Choice] = &[
    Choice::new("ready", Text::new("Trained networks", "训练好的网络")),
    Choice::new("architectures", Text::new("Architectures", "网络结构")),
    Choice::new("train", Text::new("Train side by side", "并排训练")),
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
            "Networks that were trained before and what they get wrong, the architectures of 8.2 block by block, or three small ones of their kind in training.",
            "预先训练好的网络及其识别错误的数字；8.2 节各网络结构的逐块展开；或训练三个同类的小型网络。",
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
    parts::batch(Some(("experiment", TRAINED))),
    parts::seed(Some(("experiment", TRAINED))),
];
