//! MNIST classified by a network with given weights, one image at a time and in batches (book 3.6).

mod shapes;
mod times;

use self::times::Pass;
use super::field::{Field, Kind};
use super::parts::{self, grouped, number, significant, told};
use super::settings::Settings;
use super::sheet::{Answer, Guess, Notice, Remedy, Sheet, Tone};
use super::{Job, Lab, Shape, Slot, Suggestion, no_drag, no_steps};
use crate::error::{Code, Error, Result};
use crate::nn::networks;
use crate::text::Text;
use crate::train::report::{Phase, Report};
use crate::train::task::{Count, InferPlan, SetName, Share, Task};

/// The name of the network and of its weights.
const NETWORK: &str = "three-layer";
/// The batch of the book's 3.6.3, whose shapes are shown.
const BATCH: u32 = 100;
/// The largest batch.
const LARGEST: u32 = 5000;

const FIELDS: &[Field] = &[
    Field::new(
        "normalize",
        Text::new("normalize", "normalize"),
        Text::new("Pixels from 0.0 to 1.0 instead of 0 to 255.", "像素值为 0.0 到 1.0，而不是 0 到 255。"),
        Kind::Toggle,
        "true",
    )
    .main(),
    Field::new(
        "flatten",
        Text::new("flatten", "flatten"),
        Text::new(
            "Each image as a row of 784 numbers instead of 1 × 28 × 28.",
            "每张图像为 784 个数的一维数组，而不是 1 × 28 × 28。",
        ),
        Kind::Toggle,
        "true",
    )
    .main(),
    Field::new(
        "oneHot",
        Text::new("one_hot_label", "one_hot_label"),
        Text::new(
            "Each label as ten numbers, a 1 at the right one, instead of one number.",
            "每个标签为 10 个数，正确的位置为 1，而不是一个数。",
        ),
        Kind::Toggle,
        "false",
    )
    .main()
    .live(),
    Field::new(
        "batches",
        Text::new("Batch sizes", "批的大小"),
        Text::new("Images at a time, 1 to 5,000.", "一次处理的图像数，1 到 5000。"),
        Kind::Numbers { min: 1.0, max: LARGEST as f64, most: 6 },
        "1, 10, 100, 1000",
    ),
    Field::new(
        "passes",
        Text::new("Passes", "遍数"),
        Text::new(
            "How often each goes through the 10,000 test images: one pass is too short to be timed well.",
            "每种大小各遍历 10000 张测试图像的次数：只遍历一次，时间太短，难以测准。",
        ),
        Kind::Count { min: 1, max: 100 },
        "10",
    ),
];

/// MNIST classified by a network with given weights.
pub(super) const LAB: Lab = Lab {
    id: "inference",
    sections: &["3.6"],
    title: Text::new("Inference on MNIST", "手写数字识别的推理"),
    line: Text::new(
        "A trained 784-50-100-10 network classifies the test images, one at a time and in batches.",
        "用训练好的 784-50-100-10 网络识别测试图像：逐张处理与批处理。",
    ),
    about: Text::new(
        "The switches are those of the book's load_mnist. The table of shapes shows the input and the output of each layer; in a product the inner dimensions must match. Press Run to classify the 10,000 test images with each batch size and compare the times. A batch reads the weights once for many images, so each image takes less time. The weights were trained on pixels from 0 to 1: on pixels from 0 to 255 the sums are 255 times as large, and the sigmoids saturate. The book's weights classify 93.52% correctly; this page has its own.",
        "三个开关与书中的 load_mnist 相同。形状表显示各层的输入和输出：矩阵乘积中对应维度的元素个数必须一致。按“运行”，用每种批大小识别 10000 张测试图像并比较时间。批处理时，权重只需读取一次便可用于多张图像，因此每张图像所需的时间更短。权重是用 0 到 1 的像素值学习的：像素值为 0 到 255 时，加权和变为 255 倍，sigmoid 便会饱和。书中的权重识别精度为 93.52%，本页的权重与之不同。",
    ),
    formula: r#"<math display="block"><mi mathvariant="bold">Y</mi><mo>=</mo><mi>softmax</mi><mo>(</mo><mi>σ</mi><mo>(</mo><mi>σ</mi><mo>(</mo><mi mathvariant="bold">X</mi><msub><mi mathvariant="bold">W</mi><mn>1</mn></msub><mo>+</mo><msub><mi mathvariant="bold">b</mi><mn>1</mn></msub><mo>)</mo><msub><mi mathvariant="bold">W</mi><mn>2</mn></msub><mo>+</mo><msub><mi mathvariant="bold">b</mi><mn>2</mn></msub><mo>)</mo><msub><mi mathvariant="bold">W</mi><mn>3</mn></msub><mo>+</mo><msub><mi mathvariant="bold">b</mi><mn>3</mn></msub><mo>)</mo></math>"#,
    fields: FIELDS,
    slots: &[
        Slot::new(
            "shapes",
            Text::new("Shapes", "数组的形状"),
            Text::new(
                "The shape of each array, for one image and for a batch of 100; each product with the shape of its weights. Orange: shapes that do not fit each other.",
                "各数组的形状：一张图像，以及 100 张图像的批；各乘积旁是权重的形状。橙：彼此不一致的形状。",
            ),
            Shape::Cells,
        ),
        Slot::new(
            "hidden",
            Text::new("Outputs of the hidden layers", "隐藏层的输出"),
            Text::new(
                "How often each value comes out of the sigmoids, over all test images. Near 0 and 1 they are saturated.",
                "全部测试图像中 sigmoid 各输出值出现的次数。接近 0 和 1 即为饱和。",
            ),
            Shape::Multiples,
        ),
        Slot::new(
            "time",
            Text::new("Time for each image", "每张图像所需的时间"),
            Text::new(
                "Microseconds for each image, by the batch size, on this computer.",
                "在这台电脑上，不同批大小下每张图像所需的微秒数。",
            ),
            Shape::Wide,
        ),
    ],
    inputs: &[],
    suggestions: &[
        Suggestion {
            text: Text::new("Pixels from 0 to 255: the sigmoids saturate", "像素值 0 到 255：sigmoid 饱和"),
            settings: &[("normalize", "false")],
        },
        Suggestion {
            text: Text::new("Not flattened: the product fails", "不展平：无法计算乘积"),
            settings: &[("flatten", "false")],
        },
        Suggestion {
            text: Text::new("One-hot labels need an argmax", "one-hot 标签需要 argmax"),
            settings: &[("oneHot", "true")],
        },
        Suggestion {
            text: Text::new(
                "Batches from 1 to 5,000: where does it stop paying off?",
                "批大小 1 到 5000：多大为止才有收益？",
            ),
            settings: &[("batches", "1, 3, 10, 100, 1000, 5000")],
        },
    ],
    pace: 10.0,
    jobs,
    steps: no_steps,
    show: |settings, _, reports| show(settings, reports),
    drag: no_drag,
    guess: |settings, _, reports| guess(settings, reports),
};

/// The switches of `load_mnist`.
#[derive(Clone, Copy)]
struct Switches {
    normalize: bool,
    flatten: bool,
    one_hot: bool,
}

impl Switches {
    fn of(settings: &Settings) -> Self {
        Self {
            normalize: settings.is_on("normalize"),
            flatten: settings.is_on("flatten"),
            one_hot: settings.is_on("oneHot"),
        }
    }
}

/// The batch sizes, each once.
fn batches(settings: &Settings) -> Vec<u32> {
    let mut sizes = Vec::new();
    for size in settings.numbers("batches") {
        let size = (size.round() as u32).clamp(1, LARGEST);
        if !sizes.contains(&size) {
            sizes.push(size);
        }
    }
    sizes
}

fn batch_name(size: u32) -> Text {
    match size {
        1 => Text::new("one at a time", "逐张"),
        _ => told(format!("batch of {}", grouped(size.into())), format!("批大小 {size}")),
    }
}

/// One job for each batch size, and one that looks at the hidden layers; none where the product fails.
fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    let switches = Switches::of(settings);
    if !switches.flatten {
        return Ok(Vec::new());
    }
    let spec =
        networks::named(NETWORK).ok_or_else(|| Error::new(Code::NotAChoice, "network", NETWORK, ""))?;
    let plan = |batch, passes, inside| InferPlan {
        spec: spec.clone(),
        test: vec![Share { set: SetName::Mnist, count: Count::All }],
        batch,
        passes,
        scale: if switches.normalize { 1.0 } else { 255.0 },
        inside,
    };
    let job = |name, color, plan| {
        let job = Job::new(name, color, Task::Infer(plan));
        // What the network classifies is to be what the weights of the file make of it.
        Job { pretrained: Some(NETWORK), continues: true, ..job }
    };
    let passes = settings.count("passes");
    let timed = (0..).zip(batches(settings));
    let timed = timed.map(|(color, size)| job(batch_name(size), color, plan(size, passes, false)));
    let inside = job(Text::new("hidden layers", "隐藏层"), 6, plan(BATCH, 1, true));
    Ok(timed.chain([inside]).collect())
}

/// The batch sizes with what has come of each.
fn passes<'a>(settings: &Settings, reports: &'a [Option<Report>]) -> Vec<Pass<'a>> {
    let pass = |(at, size): (usize, u32)| Pass::of(size, reports.get(at).and_then(Option::as_ref));
    batches(settings).into_iter().enumerate().map(pass).collect()
}

fn show(settings: &Settings, reports: &[Option<Report>]) -> Sheet {
    let switches = Switches::of(settings);
    let mut sheet = Sheet { pictures: vec![shapes::picture(switches)], ..Sheet::default() };
    sheet.notices.extend(not_aligned(switches));
    if !switches.flatten {
        return sheet;
    }
    let passes = passes(settings, reports);
    // Behind those that are timed.
    let inside = times::found(reports.get(passes.len()).and_then(Option::as_ref));
    let accuracy = passes.iter().find_map(Pass::accuracy);
    sheet.notices.extend(one_hot(switches));
    if let Some((_, found)) = inside {
        sheet.notices.extend(saturated(switches, found.activations.first(), accuracy));
        sheet.pictures.extend(times::hidden(&found.activations));
    }
    sheet.pictures.extend(times::bars(&passes));
    let sizes = networks::named(NETWORK).map(|spec| parts::layer_sizes(&spec)).unwrap_or_default();
    let parameters: usize = sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum();
    sheet.numbers = parts::listed([
        number(
            "test-accuracy",
            Text::new("Test accuracy", "测试精度"),
            accuracy.map(|share| format!("{share:.4}")),
        ),
        number("parameters", Text::new("Parameters", "参数个数"), Some(grouped(parameters as u64))),
        number(
            "faster",
            told(format!("Batch of {BATCH}, times as fast"), format!("批大小 {BATCH}，速度倍数")),
            times::faster(&passes, BATCH).map(|ratio| significant(ratio, 3)),
        ),
    ]);
    sheet.table = Some(times::table(&passes));
    sheet
}

/// What NumPy says where the image is not a row.
fn not_aligned(switches: Switches) -> Option<Notice> {
    if switches.flatten {
        return None;
    }
    let numpy = "ValueError: shapes (100,1,28,28) and (784,50) not aligned: 28 (dim 3) != 784 (dim 0)";
    Some(Notice {
        code: "not-aligned",
        tone: Tone::Warning,
        text: told(
            format!("x·W1 fails: the last axis of x has 28 elements, the first of W1 784. NumPy: {numpy}"),
            format!("无法计算 x·W1：x 最后一个轴有 28 个元素，W1 第一个轴有 784 个。NumPy：{numpy}"),
        ),
        remedies: vec![Remedy::Set {
            text: Text::new("Flatten the images", "将图像展平"),
            settings: vec![("flatten", "true".to_owned())],
        }],
    })
}

/// What one-hot labels ask for.
fn one_hot(switches: Switches) -> Option<Notice> {
    switches.one_hot.then(|| Notice {
        code: "one-hot",
        tone: Tone::Info,
        text: Text::new(
            "t is (100, 10) and p is (100,), so p == t fails. Compare p with np.argmax(t, axis=1).",
            "t 的形状为 (100, 10)，p 为 (100,)，无法计算 p == t。应将 p 与 np.argmax(t, axis=1) 比较。",
        ),
        remedies: Vec::new(),
    })
}

/// What pixels from 0 to 255 do to the first hidden layer.
fn saturated(
    switches: Switches,
    first: Option<&crate::train::report::Distribution>,
    accuracy: Option<f64>,
) -> Option<Notice> {
    let share = first?.saturated.filter(|share| share.is_finite() && !switches.normalize)?;
    let percent = |share: f64| format!("{:.1}%", 100.0 * share);
    let (en, zh) = match accuracy {
        Some(accuracy) => (
            format!(" {} of the images are classified correctly.", percent(accuracy)),
            format!("识别精度为 {}。", percent(accuracy)),
        ),
        None => (String::new(), String::new()),
    };
    let share = percent(share);
    Some(Notice {
        code: "saturated",
        tone: Tone::Info,
        text: told(
            format!("On pixels from 0 to 255, {share} of the first layer's sigmoids are saturated.{en}"),
            format!("像素值为 0 到 255 时，第 1 层有 {share} 的 sigmoid 输出饱和。{zh}"),
        ),
        remedies: vec![Remedy::Set {
            text: Text::new("Normalize the pixels", "对像素值正规化"),
            settings: vec![("normalize", "true".to_owned())],
        }],
    })
}

/// How many times as fast a batch may be guessed to be, each from one bound to the next.
const BOUNDS: [f64; 3] = [1.2, 2.0, 5.0];

/// How much faster a batch of 100 is.
fn guess(settings: &Settings, reports: &[Option<Report>]) -> Option<Guess> {
    let sizes = batches(settings);
    if !(Switches::of(settings).flatten && sizes.contains(&1) && sizes.contains(&BATCH)) {
        return None;
    }
    let passes = passes(settings, reports);
    let are_over = passes.iter().all(|pass| pass.phase() == Some(Phase::Finished));
    let ratio = times::faster(&passes, BATCH).filter(|_| are_over);
    Some(Guess {
        question: told(
            format!("How many times as fast is a batch of {BATCH} as one image at a time?"),
            format!("与逐张处理相比，批大小为 {BATCH} 时速度是多少倍？"),
        ),
        options: vec![
            Text::new("about as fast", "几乎相同"),
            told(
                format!("{} to {} times", BOUNDS[0], BOUNDS[1]),
                format!("{} 到 {} 倍", BOUNDS[0], BOUNDS[1]),
            ),
            told(
                format!("{} to {} times", BOUNDS[1], BOUNDS[2]),
                format!("{} 到 {} 倍", BOUNDS[1], BOUNDS[2]),
            ),
            told(format!("over {} times", BOUNDS[2]), format!("{} 倍以上", BOUNDS[2])),
        ],
        answer: ratio.map(|ratio| Answer {
            option: BOUNDS.iter().filter(|&&bound| ratio >= bound).count(),
            told: told(
                format!("{} times on this computer.", significant(ratio, 3)),
                format!("在这台电脑上是 {} 倍。", significant(ratio, 3)),
            ),
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::report::{Findings, Inference};

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        Settings::of(FIELDS, pairs)
    }

    fn report(seconds: f64, phase: Phase) -> Option<Report> {
        let found = Inference { images: 100_000, different: 10_000, correct: 9_352, activations: Vec::new() };
        let findings = Findings::Inference(found);
        Some(Report { phase, done: 100_000, of: Some(100_000), seconds, findings })
    }

    #[test]
    fn each_batch_size_is_a_job_once_with_the_given_weights_and_one_looks_inside() {
        let jobs =
            jobs(&settings(&[("batches", "1, 100, 100, 2.4"), ("normalize", "false")])).expect("legal");
        let plans: Vec<_> = jobs
            .iter()
            .map(|job| match &job.task {
                Task::Infer(plan) => (plan.batch, plan.passes, plan.scale, plan.inside),
                other => panic!("{other:?}"),
            })
            .collect();
        let expected =
            [(1, 10, 255.0, false), (100, 10, 255.0, false), (2, 10, 255.0, false), (100, 1, 255.0, true)];
        assert_eq!(plans, expected);
        assert!(jobs.iter().all(|job| job.pretrained == Some("three-layer") && job.continues));
        for job in &jobs {
            job.task.begin().expect("valid");
        }
    }

    #[test]
    fn without_flattening_nothing_runs_and_the_notice_says_what_numpy_says() {
        let settings = settings(&[("flatten", "false")]);
        assert_eq!(jobs(&settings), Ok(Vec::new()));
        let sheet = show(&settings, &[]);
        let [notice] = &sheet.notices[..] else { panic!("{:?}", sheet.notices) };
        assert!(notice.text.en.ends_with(
            "ValueError: shapes (100,1,28,28) and (784,50) not aligned: 28 (dim 3) != 784 (dim 0)"
        ));
        assert_eq!(guess(&settings, &[]), None);
    }

    #[test]
    fn times_are_told_by_image_and_beside_those_of_one_at_a_time() {
        let settings = settings(&[("batches", "1, 100")]);
        let reports = [report(0.8, Phase::Finished), report(0.2, Phase::Finished)];
        let sheet = show(&settings, &reports);
        let value = |name: &str| {
            sheet.numbers.iter().find(|number| number.name == name).map(|number| number.value.as_str())
        };
        assert_eq!((value("test-accuracy"), value("faster")), (Some("0.9352"), Some("4")));
        let answer = guess(&settings, &reports).and_then(|guess| guess.answer).expect("over");
        assert_eq!((answer.option, &*answer.told.en), (2, "4 times on this computer."));
        let going = [report(0.8, Phase::Finished), report(0.2, Phase::Ready)];
        assert_eq!(guess(&settings, &going).expect("a question").answer, None);
        let none = show(&settings, &[None, None]);
        assert_eq!(none.pictures.len(), 1, "the shapes alone");
    }
}
