//! What may be set.

use crate::labs::field::{Choice, Field, Kind};
use crate::labs::parts;
use crate::text::Text;

const DATA: &[Choice] = &[
    Choice::new("two", Text::new("Two species", "两种鸢尾花")),
    Choice::new("three", Text::new("Three species", "三种鸢尾花")),
    Choice::new("own", Text::new("Your own rows", "自己的数据")),
];

/// The columns of each pair, in the order of [`AXES`].
pub(super) const PAIRS: [(usize, usize); 6] = [(2, 3), (0, 1), (0, 2), (0, 3), (1, 2), (1, 3)];

const AXES: &[Choice] = &[
    Choice::new("petal", Text::new("Petal length and width (3, 4)", "花瓣长度与宽度（3、4）")),
    Choice::new("sepal", Text::new("Sepal length and width (1, 2)", "萼片长度与宽度（1、2）")),
    Choice::new("lengths", Text::new("Sepal and petal length (1, 3)", "萼片与花瓣长度（1、3）")),
    Choice::new("sl-pw", Text::new("Sepal length, petal width (1, 4)", "萼片长度与花瓣宽度（1、4）")),
    Choice::new("sw-pl", Text::new("Sepal width, petal length (2, 3)", "萼片宽度与花瓣长度（2、3）")),
    Choice::new("widths", Text::new("Sepal and petal width (2, 4)", "萼片与花瓣宽度（2、4）")),
];

/// The axes of the plane as columns of the data.
pub(super) fn axes(value: &str) -> (usize, usize) {
    let at = AXES.iter().position(|choice| choice.value == value).unwrap_or(0);
    PAIRS[at]
}

/// Ten flowers of the two species that are hard to tell apart, as Fisher printed them.
const EXAMPLE: &str = "sepal length,sepal width,petal length,petal width,species
7.0,3.2,4.7,1.4,versicolor
6.4,3.2,4.5,1.5,versicolor
6.9,3.1,4.9,1.5,versicolor
5.5,2.3,4.0,1.3,versicolor
6.5,2.8,4.6,1.5,versicolor
6.3,3.3,6.0,2.5,virginica
5.8,2.7,5.1,1.9,virginica
7.1,3.0,5.9,2.1,virginica
6.3,2.9,5.6,1.8,virginica
6.5,3.0,5.8,2.2,virginica";

pub(super) const FIELDS: &[Field] = &[
    Field::new(
        "data",
        Text::new("Data", "数据"),
        Text::new(
            "The first 100 flowers are setosa and versicolor, all 150 are three species. Or rows that you paste.",
            "前 100 朵是 setosa 和 versicolor，全部 150 朵共三种；也可以粘贴自己的数据。",
        ),
        Kind::Choice { options: DATA },
        "two",
    )
    .main(),
    Field::new(
        "axes",
        Text::new("Axes", "坐标轴"),
        Text::new(
            "Which two of the four numbers span the plane. The other two are held at their means.",
            "用四个数中的哪两个作为坐标轴，另外两个固定为平均值。",
        ),
        Kind::Choice { options: AXES },
        "petal",
    )
    .main()
    .live(),
    Field::new(
        "rows",
        Text::new("Rows", "数据行"),
        Text::new(
            "In each line four numbers and a name, with commas between: 5.1,3.5,1.4,0.2,setosa. A first line may name the columns. Up to 1,000 rows and 7 names.",
            "每行四个数和一个名称，用逗号分隔：5.1,3.5,1.4,0.2,setosa。第一行可以是列名。最多 1000 行、7 个名称。",
        ),
        Kind::Rows,
        EXAMPLE,
    )
    .main()
    .only("data", &["own"]),
    Field::new(
        "learningRate",
        Text::new("Learning rate", "学习率"),
        parts::HELP_RATE,
        Kind::Log { min: 1e-3, max: 10.0 },
        "0.5",
    )
    .live(),
    Field::new(
        "epochs",
        Text::new("Epochs", "epoch 数"),
        Text::new("Passes over the training samples.", "遍历全部训练样本的次数。"),
        Kind::Count { min: 1, max: 500 },
        "20",
    ),
    Field::new(
        "hidden",
        Text::new("Hidden units", "隐藏层神经元数"),
        Text::new("Neurons in each of the two hidden layers.", "两个隐藏层各自的神经元数。"),
        Kind::Count { min: 1, max: 10 },
        "5",
    ),
    Field::new(
        "batch",
        Text::new("Mini-batch size", "mini-batch 大小"),
        Text::new("Samples in each iteration; 1 is descent sample by sample.", "每次迭代使用的样本数，1 表示逐个样本更新。"),
        Kind::Count { min: 1, max: 10 },
        "1",
    ),
    parts::DIFFERENCE,
    Field::new(
        "test",
        Text::new("Test share, %", "测试数据比例（%）"),
        Text::new("How many percent of the samples are kept to test with.", "留作测试的样本所占的百分比。"),
        Kind::Count { min: 5, max: 50 },
        "20",
    ),
    parts::seed(None),
];
