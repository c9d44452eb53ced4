//! `SimpleConvNet` trained on MNIST: its filters, its feature maps, and the loss around its weights (book 7.5 and 7.6).

mod fields;
mod landscape;
mod layers;
mod pictures;

use self::fields::{FIELDS, LANDSCAPE};
use super::parts::{self, grouped, told};
use super::settings::Settings;
use super::sheet::{Answer, Guess, Sheet};
use super::{Input, Job, Lab, Moment, Shape, Slot, Suggestion, no_steps};
use crate::error::Result;
use crate::nn::spec::{LayerSpec, NetSpec};
use crate::text::Text;
use crate::train::report::{Phase, Report, Training, Want};
use crate::train::task::{Count, EvaluationPlan, Gradient, Task, TrainPlan};

const HELP_MAPS: Text = Text::new(
    "What the layer makes of your digit, one feature map for each filter. Blue: above 0; orange: below 0. Point at a filter to find its maps.",
    "该层对所写数字的输出，每个滤波器一张特征图。蓝：大于 0；橙：小于 0。指向一个滤波器，可以找到它的特征图。",
);
const HELP_FILTERS: Text = Text::new(
    "The weights of each filter of the convolution, as in figure 7-24 of the book. Blue: above 0; orange: below 0; each picture has its own scale.",
    "卷积层各滤波器的权重，如书中图 7-24。蓝：大于 0；橙：小于 0；每幅图的深浅各有尺度。",
);

/// `SimpleConvNet` trained on MNIST.
pub(super) const LAB: Lab = Lab {
    id: "convnet",
    sections: &["7.5", "7.6"],
    title: Text::new("Convolutional network", "卷积神经网络"),
    line: Text::new(
        "Train SimpleConvNet on MNIST and see what its filters make of your digit.",
        "用 MNIST 训练 SimpleConvNet，看看它的滤波器如何处理你写的数字。",
    ),
    about: Text::new(
        "A convolution of 30 filters of 5×5, ReLU, max pooling of 2×2, then an affine layer of 100 units, ReLU and an affine layer of 10: 433,890 parameters. Initial filters are noise; trained ones respond to edges and blobs. A feature map shows where in the image its filter responds. At first you see a pre-trained network; Train starts a new one from random weights. With all 60,000 images the book reports 98.96% on the test images. For the loss landscape all weights move along two random directions. Each direction is scaled, filter by filter, to the norm of the weights (Li et al. 2018), so that flat and steep can be compared between networks.",
        "30 个 5×5 滤波器的卷积层、ReLU、2×2 的 Max 池化层，再接 100 个神经元的 Affine 层、ReLU 和 10 个神经元的 Affine 层，共 433890 个参数。学习前的滤波器是随机的，学习后会对边缘和斑块产生响应。特征图显示滤波器在图像的哪些位置产生响应。一开始使用的是预先训练好的网络，点击“训练”后从随机权重开始训练新的网络。使用全部 60000 张图像时，书中的测试精度为 98.96%。损失函数的地形：将全部权重沿两个随机方向移动，每个方向按滤波器缩放到与权重相同的长度（Li 等，2018），因此可以在不同网络之间比较平坦与陡峭。",
    ),
    formula: r#"<math display="block"><mi>f</mi><mo>(</mo><mi>α</mi><mo>,</mo><mi>β</mi><mo>)</mo><mo>=</mo><mi>L</mi><mo>(</mo><mi mathvariant="bold">W</mi><mo>+</mo><mi>α</mi><mi mathvariant="bold">D</mi><mo>+</mo><mi>β</mi><mi mathvariant="bold">E</mi><mo>)</mo><mo>,</mo><mspace width="1em"/><msub><mi mathvariant="bold">D</mi><mi>i</mi></msub><mo>←</mo><mfrac><msub><mi mathvariant="bold">D</mi><mi>i</mi></msub><mrow><mo>‖</mo><msub><mi mathvariant="bold">D</mi><mi>i</mi></msub><mo>‖</mo></mrow></mfrac><mo>‖</mo><msub><mi mathvariant="bold">W</mi><mi>i</mi></msub><mo>‖</mo></math>"#,
    fields: FIELDS,
    slots: &[
        Slot::new("maps1", Text::new("Convolution", "卷积"), HELP_MAPS, Shape::Grid),
        Slot::new("maps2", Text::new("ReLU", "ReLU"), HELP_MAPS, Shape::Grid),
        Slot::new("maps3", Text::new("Pooling", "池化"), HELP_MAPS, Shape::Grid),
        Slot::new("before", Text::new("Filters before", "学习前的滤波器"), HELP_FILTERS, Shape::Grid),
        Slot::new("after", Text::new("Filters after", "学习后的滤波器"), HELP_FILTERS, Shape::Grid)
            .wants(&[Want::Weights]),
        Slot::new(
            "landscape",
            Text::new("Loss around the weights", "权重周围的损失函数"),
            Text::new(
                "Level lines of the loss when all weights move by α along one random direction and by β along another. At 0, 0 they are the network's.",
                "全部权重沿一个随机方向移动 α、沿另一个移动 β 时损失函数的等高线。(0, 0) 处是网络的权重。",
            ),
            Shape::Square,
        )
        .wants(&[Want::Landscape])
        .only("view", &[LANDSCAPE]),
        Slot::new(
            "relief",
            Text::new("The same in three dimensions", "三维图"),
            Text::new(
                "Tall parts are clipped. Drag to rotate.",
                "过高的部分被截断。拖动可旋转。",
            ),
            Shape::Square,
        )
        .wants(&[Want::Landscape])
        .only("view", &[LANDSCAPE]),
        Slot::new(
            "loss",
            Text::new("Loss", "损失函数"),
            Text::new(
                "Mean loss of each mini-batch before its update; the band shows the lowest and highest loss among the batches at each point.",
                "每个 mini-batch 更新前的平均损失；浅色区域：该点所含 mini-batch 损失的最小值至最大值。",
            ),
            Shape::Wide,
        ),
        Slot::new(
            "accuracy",
            Text::new("Accuracy", "识别精度"),
            Text::new(
                "Fraction of 1,000 training and 1,000 test images classified correctly, evaluated after each epoch, as the book's trainer does.",
                "1000 张训练图像和 1000 张测试图像中识别正确的比例，每个 epoch 之后计算一次，与书中的 Trainer 相同。",
            ),
            Shape::Wide,
        ),
    ],
    inputs: &[Input::Drawing, Input::NetFile],
    suggestions: &[
        Suggestion {
            text: Text::new("The loss around the trained weights", "训练后的权重周围的损失函数"),
            settings: &[("view", LANDSCAPE)],
        },
        Suggestion {
            text: Text::new("All 60,000 images, as in the book: 20 epochs", "与书中相同：60000 张图像，20 个 epoch"),
            settings: &[("samples", "60000")],
        },
        Suggestion {
            text: Text::new("Only 4 filters: how far do they get?", "只用 4 个滤波器：精度如何？"),
            settings: &[("filters", "4"), ("epochs", "10")],
        },
        Suggestion {
            text: Text::new("Filters of 7×7: whole strokes", "7×7 的滤波器：更长的笔画"),
            settings: &[("size", "7"), ("epochs", "10")],
        },
        Suggestion {
            text: Text::new("A learning rate of 0.03: units die", "学习率 0.03：神经元“死亡”"),
            settings: &[("learningRate", "0.03"), ("epochs", "5")],
        },
    ],
    pace: 10.0,
    jobs,
    steps: no_steps,
    show,
    drag: parts::drag_to_look,
    guess: |settings, _, reports| guess(settings, reports),
};

/// Images of each kind that an evaluation takes.
const SAMPLE: u32 = 1000;

/// `SimpleConvNet` with as many filters and hidden units as the form says, unless a mini-batch of it would be too large.
fn spec(settings: &Settings) -> Result<NetSpec> {
    let mut spec = parts::named_net("simple-convnet", settings)?;
    spec.optimizer.learning_rate = settings.number("learningRate");
    let mut hidden = Some(settings.count("hidden") as usize);
    for layer in &mut spec.layers {
        match layer {
            LayerSpec::Conv2d { filters, size, .. } => {
                *filters = settings.count("filters") as usize;
                *size = settings.words("size").parse().unwrap_or(*size);
            }
            LayerSpec::Dense { units } => *units = hidden.take().unwrap_or(*units),
            _ => {}
        }
    }
    spec.check()?;
    Ok(spec)
}

fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    let spec = spec(settings)?;
    let samples = settings.count("samples");
    let sample = Count::First(SAMPLE);
    let plan = TrainPlan {
        spec,
        needs: parts::mnist(Count::First(samples), sample),
        limit: Some(
            u64::from(settings.count("epochs")) * u64::from(samples.div_ceil(settings.count("batch"))),
        ),
        evaluation: EvaluationPlan { every: None, train: sample, test: sample },
        observed: true,
        gradient: Gradient::default(),
    };
    // Of other layers the pre-trained network would be another one than the link says.
    let is_usual = FIELDS
        .iter()
        .filter(|field| ["filters", "size", "hidden"].contains(&field.name))
        .all(|field| settings.is_default(field));
    let pretrained = is_usual.then_some("simple-convnet");
    let name = Text::same("SimpleConvNet");
    Ok(vec![Job { pretrained, ..Job::new(name, 0, Task::Train(plan)) }])
}

fn show(settings: &Settings, moment: &Moment, reports: &[Option<Report>]) -> Sheet {
    let Ok(own) = spec(settings) else { return Sheet::default() };
    let report = reports.first().and_then(Option::as_ref);
    let training = report.and_then(|report| Some((report, report.training()?)));
    // A network from a file may have other layers than the form's.
    let present = training.and_then(|(_, training)| training.spec.as_ref()).unwrap_or(&own);
    let mut pictures = match settings.words("view") {
        LANDSCAPE => landscape::pictures(training),
        _ => pictures::network(&own, present, training, moment),
    };
    let done = report.map_or(0, |report| report.done);
    pictures.extend(
        training.into_iter().flat_map(|(_, training)| parts::curves_seen(present.loss, done, training)),
    );
    Sheet {
        notices: training
            .and_then(|(report, training)| {
                parts::looking_back(report.done, training)
                    .or_else(|| parts::diagnosis(settings, FIELDS, 0, training))
            })
            .into_iter()
            .collect(),
        numbers: parts::listed(match training {
            Some((_, training)) => parts::numbers_seen(done, training),
            None => parts::numbers_seen(0, &Training::default()),
        }),
        table: layers::table(present),
        pictures,
    }
}

/// The test accuracies that may be guessed, each from one bound to the next.
const BOUNDS: [f64; 4] = [0.9, 0.95, 0.97, 0.98];

/// How good it will be.
fn guess(settings: &Settings, reports: &[Option<Report>]) -> Option<Guess> {
    let (epochs, samples) = (settings.count("epochs"), settings.count("samples"));
    let percent = |bound: f64| (100.0 * bound).round();
    let mut options =
        vec![told(format!("under {}%", percent(BOUNDS[0])), format!("低于 {}%", percent(BOUNDS[0])))];
    options.extend(
        BOUNDS.windows(2).map(|pair| Text::same(format!("{}–{}%", percent(pair[0]), percent(pair[1])))),
    );
    let highest = percent(BOUNDS[BOUNDS.len() - 1]);
    options.push(told(format!("{highest}% or more"), format!("{highest}% 以上")));
    let report = reports.first().and_then(Option::as_ref);
    let ended = report.filter(|report| report.phase == Phase::Finished).and_then(Report::training);
    let accuracy = ended.and_then(|training| training.test_accuracy.last()).map(|&(_, share)| share);
    let answer = accuracy.filter(|share| share.is_finite()).map(|share| Answer {
        option: BOUNDS.iter().filter(|&&bound| share >= bound).count(),
        told: told(
            format!("{:.1}% of {} test images.", 100.0 * share, grouped(SAMPLE.into())),
            format!("{SAMPLE} 张测试图像中的 {:.1}%。", 100.0 * share),
        ),
    });
    let question = told(
        format!(
            "Which test accuracy after {} epochs of {} images?",
            grouped(epochs.into()),
            grouped(samples.into())
        ),
        format!("用 {samples} 张图像训练 {epochs} 个 epoch 后，测试精度是多少？"),
    );
    Some(Guess { question, options, answer })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Chart;
    use crate::nn::networks;
    use crate::train::explanation::{Explanation, FeatureMaps};
    use crate::train::report::Findings;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        Settings::of(FIELDS, pairs)
    }

    fn plan(settings: &Settings) -> (TrainPlan, Option<&'static str>) {
        let job = jobs(settings).expect("legal").remove(0);
        match job.task {
            Task::Train(plan) => (plan, job.pretrained),
            other => panic!("{other:?}"),
        }
    }

    fn report(phase: Phase, training: Training) -> Option<Report> {
        Some(Report { phase, done: 9, of: Some(1000), seconds: 1.0, findings: Findings::Training(training) })
    }

    #[test]
    fn the_defaults_are_those_of_the_book_with_its_short_run() {
        let (plan, pretrained) = plan(&settings(&[]));
        assert_eq!(Some(plan.spec), networks::named("simple-convnet"));
        // 5,000 images in mini-batches of 100, twenty times.
        assert_eq!((plan.limit, pretrained), (Some(1000), Some("simple-convnet")));
        let sample = Count::First(1000);
        assert_eq!(plan.evaluation, EvaluationPlan { every: None, train: sample, test: sample });
    }

    #[test]
    fn the_pretrained_network_stands_in_for_one_of_its_layers_alone() {
        for (other, stands_in) in [
            (("filters", "4"), false),
            (("size", "3"), false),
            (("hidden", "50"), false),
            (("learningRate", "0.01"), true),
            (("samples", "300"), true),
            (("view", "landscape"), true),
        ] {
            assert_eq!(plan(&settings(&[other])).1.is_some(), stands_in, "{other:?}");
        }
        let (plan, _) = plan(&settings(&[("filters", "4"), ("size", "7"), ("hidden", "50")]));
        assert_eq!(plan.spec.layers[0], LayerSpec::Conv2d { filters: 4, size: 7, stride: None, pad: None });
        let units = plan.spec.layers.iter().filter_map(|layer| match layer {
            LayerSpec::Dense { units } => Some(*units),
            _ => None,
        });
        assert_eq!(units.collect::<Vec<_>>(), [50, 10]);
    }

    #[test]
    fn what_is_too_large_offers_no_way_back_to_a_run_of_before() {
        let diverged = Training { diverged_at: Some(8), way_back: Some(5), ..Training::default() };
        let reports = [report(Phase::Diverged, diverged)];
        let notices = |settings: &Settings| show(settings, &Moment::default(), &reports).notices.len();
        assert_eq!(notices(&settings(&[])), 1);
        let large = settings(&[("filters", "64"), ("size", "3"), ("batch", "1000")]);
        assert!(jobs(&large).is_err());
        assert_eq!(notices(&large), 0);
    }

    #[test]
    fn a_guess_is_answered_by_the_last_evaluation_of_a_run_that_ended() {
        let of = |phase, share| {
            let training = Training { test_accuracy: vec![(0, 0.1), (9, share)], ..Training::default() };
            guess(&settings(&[]), &[report(phase, training)]).expect("a question")
        };
        assert_eq!(of(Phase::Ready, 0.96).answer, None);
        for (share, option) in [(0.5, 0), (0.9, 1), (0.96, 2), (0.979, 3), (0.98, 4), (1.0, 4)] {
            let guess = of(Phase::Finished, share);
            assert_eq!(guess.answer.map(|answer| answer.option), Some(option), "{share}");
            assert_eq!(guess.options.len(), 5);
        }
        assert_eq!(of(Phase::Finished, f64::NAN).answer, None);
    }

    #[test]
    fn every_view_has_figures_before_anything_is_known_and_maps_have_the_keys_of_their_filters() {
        let slots = |pairs: &[(&str, &str)], reports: &[Option<Report>]| {
            let sheet = show(&settings(pairs), &Moment::default(), reports);
            sheet.pictures.iter().map(|picture| picture.slot).collect::<Vec<_>>()
        };
        assert_eq!(slots(&[], &[]), ["maps1", "maps2", "maps3", "before"]);
        assert_eq!(slots(&[("view", "landscape")], &[]), ["landscape"]);
        let map =
            FeatureMaps { layer: 1, width: 2, height: 1, channels: vec![vec![128, 255]; 3], largest: 0.5 };
        let drawing = Some(Explanation { maps: vec![map], ..Explanation::default() });
        let sheet = show(&settings(&[]), &Moment { drawing, ..Moment::default() }, &[]);
        let keys = |at: usize| match &sheet.pictures[at].chart {
            Chart::ImageGrid(grid) => grid.images.iter().map(|image| image.key).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(sheet.pictures[0].caption.en, "ReLU: 3 × 1 × 2, largest 0.5");
        assert_eq!(keys(0), keys(1)[..3]);
    }
}
