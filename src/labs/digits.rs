//! Train a network on MNIST while it predicts a drawing (book 4.5 and 5.7).

mod race;
mod ready;

use super::field::{Field, Kind};
use super::parts::{
    self, HELP_RATE, INIT, OPTIMIZER, activation, batch, grouped, hidden, number, seed, told,
};
use super::settings::Settings;
use super::sheet::{Notice, Number, Picture, Sheet, Tone};
use super::{Input, Job, Lab, Moment, Shape, Slot, Suggestion, no_guess, no_steps};
use crate::nn::spec::NetSpec;
use crate::text::Text;
use crate::train::report::{Reached, Report, Training, Want};
use crate::train::task::{Count, Task, TrainPlan};

const FIELDS: &[Field] = &[
    Field::new(
        "learningRate",
        Text::new("Learning rate", "学习率"),
        HELP_RATE,
        Kind::Log { min: 1e-4, max: 10.0 },
        "0.1",
    )
    .main()
    .live(),
    race::BESIDE,
    ready::NETWORK,
    hidden(None),
    activation(None),
    OPTIMIZER,
    INIT,
    parts::std(),
    batch(None),
    seed(None),
];

/// Train a network on MNIST while it predicts a drawing.
pub(super) const LAB: Lab = Lab {
    id: "digits",
    sections: &["4.5", "5.7"],
    title: Text::new("Digits", "手写数字识别"),
    line: Text::new(
        "Draw a digit and the network predicts it. Press Train to watch it learn from random weights.",
        "写一个数字，网络会识别它。按“训练”，看它从随机权重开始学习。",
    ),
    about: Text::new(
        "Each iteration takes one mini-batch, computes the gradient of the loss by backpropagation, and updates the weights by one step against it. As the weights take shape, the prediction for your digit changes. The network of the first screen is pre-trained: the DeepConvNet of 8.1, taught MNIST as other hands would write it. It reads 98.5% of 1,000 digits that real writers drew with a pen (UNIPEN), repeated stroke by stroke on this pad, and 99.5% of MNIST's test images. Train replaces it.",
        "每次迭代取一个 mini-batch，用误差反向传播法求损失函数的梯度，再沿梯度反方向更新一次权重。随着权重逐渐成形，对你所写数字的识别结果也会变化。一开始使用的是预先训练好的网络：8.1 节的 DeepConvNet，训练时把 MNIST 改写成各种笔迹。把真实书写者用笔写的 1000 个数字（UNIPEN）逐笔画在这块画板上，它的识别精度是 98.5%；在 MNIST 测试图像上是 99.5%。点击“训练”后由新的网络取代。",
    ),
    formula: r#"<math display="block"><mi mathvariant="bold">W</mi><mo>←</mo><mi mathvariant="bold">W</mi><mo>−</mo><mi>η</mi><mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><mi mathvariant="bold">W</mi></mrow></mfrac><mo>,</mo><mspace width="1em"/><mi>L</mi><mo>=</mo><mo>−</mo><mfrac><mn>1</mn><mi>N</mi></mfrac><munder><mo>∑</mo><mi>n</mi></munder><munder><mo>∑</mo><mi>k</mi></munder><msub><mi>t</mi><mrow><mi>n</mi><mi>k</mi></mrow></msub><mi>log</mi><msub><mi>y</mi><mrow><mi>n</mi><mi>k</mi></mrow></msub></math>"#,
    fields: FIELDS,
    slots: &[
        Slot::new("weights", Text::new("Hidden units", "隐藏层神经元"), Text::new(
                "Each picture shows the weights of a unit: blue pixels excite it, orange pixels inhibit it. It is lit as far as your drawing excites it; the bar below is its activation. A hatched unit is dead: no image excites it. What a unit of a deeper network says to a digit is its activation times the gradient of the score, exact up to the biases until a ReLU switches. Of a convolutional network it shows what the convolutions before the first pooling make of your drawing.",
                "每幅图是一个神经元的权重。蓝：促进激活；橙：抑制激活。你写的数字越能激活它，图就越亮；下方的横条是激活值。带斜线的神经元已“死亡”：任何图像都无法激活它。在更深的网络中，神经元对某个数字的影响是激活值乘以得分的梯度；只要没有 ReLU 切换，除偏置外这是精确的。对卷积神经网络，显示第一个池化层之前的卷积层对你所写数字的输出。",
            ), Shape::Grid).wants(&[Want::Weights]),
        Slot::new("speakers", Text::new("What decides", "起决定作用的神经元"), Text::new(
                "What a unit contributes to a score is its activation times its weight: blue speaks for the digit, orange against it. All contributions and the bias add up to the score. Point at another digit to see who speaks for it.",
                "神经元对得分的贡献等于激活值乘以权重。蓝：支持该数字；橙：反对该数字。所有贡献与偏置之和就是得分。指向别的数字，可以看到哪些神经元支持它。",
            ), Shape::Square).wants(&[Want::Weights]),
        Slot::new("loss", Text::new("Loss", "损失函数"), Text::new(
                "Mean loss of each mini-batch before its update; the band shows the lowest and highest loss among the batches at each point.",
                "每个 mini-batch 更新前的平均损失；浅色区域：该点所含 mini-batch 损失的最小值至最大值。",
            ), Shape::Wide),
        Slot::new("accuracy", Text::new("Accuracy", "识别精度"), Text::new(
                "Fraction of all training and test images classified correctly, evaluated after each epoch.",
                "全部训练图像和测试图像中识别正确的比例，每个 epoch 之后计算一次。",
            ), Shape::Wide),
    ],
    inputs: &[Input::Drawing, Input::TestDigits, Input::NetFile],
    suggestions: &[
        Suggestion {
            text: Text::new("A learning rate of 10: the loss explodes", "学习率取 10：损失急剧增大"),
            settings: &[("learningRate", "10"), ("init", "he")],
        },
        Suggestion {
            text: Text::new("Sigmoid, as in chapter 4: a slow start", "第 4 章的 sigmoid：起步很慢"),
            settings: &[("activation", "sigmoid")],
        },
        Suggestion {
            text: Text::new("Adam at 0.001 with 200 hidden units", "Adam，学习率 0.001，隐藏层 200 个神经元"),
            settings: &[("optimizer", "adam"), ("learningRate", "0.001"), ("hidden", "200"), ("init", "he")],
        },
        Suggestion {
            text: Text::new("Only 4 hidden units", "隐藏层只有 4 个神经元"),
            settings: &[("hidden", "4"), ("init", "he")],
        },
    ],
    pace: 10.0,
    jobs: |settings| {
        let spec = spec(settings);
        spec.check()?;
        if let Some(rates) = race::rates(settings) {
            return race::jobs(&spec, rates);
        }
        let (name, task) = (Text::new("network", "网络"), Task::Train(plan(spec)));
        let pretrained = is_usual(settings).then(|| ready::network(settings)).flatten();
        Ok(vec![Job { pretrained, ..Job::new(name, 0, task) }])
    },
    steps: no_steps,
    show,
    drag: parts::drag_to_look,
    guess: no_guess,
};

/// A training without end on all of MNIST, in which one can look back.
fn plan(spec: NetSpec) -> TrainPlan {
    TrainPlan { observed: true, ..parts::mnist_plan(spec, None, None, Count::All) }
}

/// Whether the fields that decide which network it is hold their defaults: only then may the pre-trained one stand in, or
/// a link to a network of 20 units would show another one.
fn is_usual(settings: &Settings) -> bool {
    let usual = |field: &Field| settings.is_default(field);
    FIELDS.iter().filter(|field| ["hidden", "activation", "init", "std"].contains(&field.name)).all(usual)
}

fn spec(settings: &Settings) -> NetSpec {
    let optimizer = parts::optimizer(settings, settings.number("learningRate"));
    parts::two_layer_net(settings, parts::init(settings), optimizer)
}

fn show(settings: &Settings, moment: &Moment, reports: &[Option<Report>]) -> Sheet {
    if let Some(rates) = race::rates(settings) {
        return race::show(&spec(settings), rates, moment, reports);
    }
    let report = reports.first().and_then(Option::as_ref);
    let Some((report, training)) = report.and_then(|report| Some((report, report.training()?))) else {
        let spec = spec(settings);
        let sizes = parts::layer_sizes(&spec);
        return Sheet { numbers: numbers(0, &Training { sizes, ..Training::default() }), ..Sheet::default() };
    };
    Sheet {
        notices: parts::looking_back(report.done, training)
            .or_else(|| parts::diagnosis(settings, FIELDS, 0, training))
            .or_else(|| reached(training))
            .into_iter()
            .collect(),
        numbers: numbers(report.done, training),
        table: None,
        pictures: pictures(settings, moment, report.done, training),
    }
}

fn numbers(done: u64, training: &Training) -> Vec<Number> {
    let net = number("net", Text::new("Layers", "各层神经元数"), ready::layers(training));
    let [iteration, loss, train, test] = parts::numbers_seen(done, training);
    parts::listed([iteration, loss, train, test, net])
}

/// In how little time it came to read most digits.
fn reached(training: &Training) -> Option<Notice> {
    let Reached { iteration, seconds } = training.reached.filter(|_| training.diverged_at.is_none())?;
    // Of less than a tenth of a second the clock knows little.
    let seconds = format!("{:.1}", seconds.max(0.1));
    let text = told(
        format!(
            "Over {:.0}% of the test digits after {seconds} s of computing, {} mini-batches, on this computer.",
            100.0 * Reached::ABOVE,
            grouped(iteration)
        ),
        format!(
            "在这台电脑上计算 {seconds} 秒、学习 {iteration} 个 mini-batch 后，测试精度超过 {:.0}%。",
            100.0 * Reached::ABOVE
        ),
    );
    Some(Notice { code: "reached", tone: Tone::Quiet, text, remedies: Vec::new() })
}

/// The figures for which there is something to show.
fn pictures(settings: &Settings, moment: &Moment, done: u64, training: &Training) -> Vec<Picture> {
    let mut pictures = Vec::new();
    if let Some(weights) = training.weights.as_ref().filter(|weights| !weights.units.is_empty()) {
        let dead = parts::dead_units(training);
        let (caption, chart) = parts::feature_maps(training, moment)
            .unwrap_or_else(|| parts::unit_images(weights, dead, moment));
        pictures.push(Picture { slot: "weights", key: None, caption, chart });
        let (caption, chart) = parts::speakers(weights, moment);
        pictures.push(Picture { slot: "speakers", key: None, caption, chart });
    }
    // A network from a file may have another loss than the form's.
    let loss = training.spec.as_ref().map_or(spec(settings).loss, |spec| spec.loss);
    pictures.extend(parts::curves_seen(loss, done, training));
    pictures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Chart, Mark, Scale};
    use crate::labs::sheet::Remedy;
    use crate::nn::spec::LossSpec;
    use crate::train::history::Bucket;
    use crate::train::report::{Findings, Phase};

    fn bucket(iteration: u64, loss: f64) -> Bucket {
        Bucket { iteration, count: 1, sum: loss, low: loss, high: loss }
    }

    fn see(done: u64, training: Training) -> Sheet {
        let findings = Findings::Training(training);
        let report = Report { phase: Phase::Ready, done, of: None, seconds: 1.0, findings };
        show(&Settings::of(FIELDS, &[("learningRate", "10")]), &Moment::default(), &[Some(report)])
    }

    fn value<'a>(sheet: &'a Sheet, name: &str) -> &'a Number {
        sheet.numbers.iter().find(|number| number.name == name).expect(name)
    }

    #[test]
    fn a_run_that_diverged_has_one_loss_everywhere_and_two_ways_out() {
        let training = Training {
            loss: vec![bucket(1, 2.3), bucket(2, 15.0), bucket(3, 15.3)],
            last_loss: Some(1179.2),
            diverged_at: Some(3),
            way_back: Some(0),
            ..Training::default()
        };
        let sheet = see(3, training);
        let notice = &sheet.notices[0];
        assert!(notice.text.en.contains("at iteration 3 the loss was 1179"), "{notice:?}");
        assert_eq!(value(&sheet, "loss").value, "1179");
        let picture = sheet.pictures.iter().find(|picture| picture.slot == "loss").expect("a curve");
        let Chart::Plane(plane) = &picture.chart else { panic!("a plane") };
        let [Mark::Line(line), Mark::Scatter(_)] = &plane.marks[..] else { panic!("one curve") };
        assert_eq!((plane.y.scale, line.points.last()), (Scale::Log, Some(&[3.0, 1179.2])));
        let [Remedy::GoBack { job: 0, .. }, Remedy::Set { settings, .. }] = &notice.remedies[..] else {
            panic!("{notice:?}")
        };
        assert_eq!(settings, &[("learningRate", "1".to_owned())]);
    }

    #[test]
    fn a_loss_that_is_no_number_leaves_the_last_one_on_the_curve() {
        let training = Training {
            loss: vec![bucket(1, 2.3), bucket(2, 900.0)],
            last_loss: Some(f64::NAN),
            diverged_at: Some(3),
            ..Training::default()
        };
        let sheet = see(3, training);
        let picture = sheet.pictures.iter().find(|picture| picture.slot == "loss").expect("a curve");
        let Chart::Plane(plane) = &picture.chart else { panic!("a plane") };
        let [Mark::Line(line), Mark::Scatter(_)] = &plane.marks[..] else { panic!("one curve") };
        assert_eq!(line.points.last(), Some(&[2.0, 900.0]));
        assert_eq!(value(&sheet, "loss").value, "NaN");
    }

    #[test]
    fn what_was_reached_is_said_quietly_until_it_diverges() {
        let reached = Some(Reached { iteration: 1200, seconds: 4.04 });
        let sheet = see(3000, Training { reached, ..Training::default() });
        let [notice] = &sheet.notices[..] else { panic!("{:?}", sheet.notices) };
        assert_eq!((notice.code, notice.tone), ("reached", Tone::Quiet));
        assert_eq!(
            notice.text.en,
            "Over 90% of the test digits after 4.0 s of computing, 1,200 mini-batches, on this computer."
        );
        assert_eq!(see(3000, Training::default()).notices, []);
        let sheet = see(3000, Training { reached, diverged_at: Some(3000), ..Training::default() });
        assert!(sheet.notices.iter().all(|notice| notice.code != "reached"));
    }

    #[test]
    fn accuracies_say_of_which_iteration_they_are_where_it_is_not_this_one() {
        let training = |present: Option<(f64, f64)>| Training {
            training_accuracy: vec![(0, 0.1), (600, 0.9)],
            test_accuracy: vec![(0, 0.1), (600, 0.91)],
            present_training_accuracy: present.map(|(train, _)| train),
            present_test_accuracy: present.map(|(_, test)| test),
            ..Training::default()
        };
        let shown = |sheet: &Sheet| {
            ["train-accuracy", "test-accuracy"].map(|name| {
                let number = value(sheet, name);
                format!("{} {}", number.label.en, number.value)
            })
        };
        let before = ["Training accuracy at 600 0.9000", "Test accuracy at 600 0.9100"];
        assert_eq!(shown(&see(1250, training(None))), before);
        let now = ["Training accuracy 0.9400", "Test accuracy 0.9300"];
        assert_eq!(shown(&see(1250, training(Some((0.94, 0.93))))), now);
    }

    #[test]
    fn the_loss_of_a_network_from_a_file_has_its_own_name() {
        let spec = NetSpec { loss: LossSpec::Hinge, ..spec(&Settings::of(FIELDS, &[])) };
        let sheet = see(1, Training { loss: vec![bucket(1, 2.3)], spec: Some(spec), ..Training::default() });
        let picture = sheet.pictures.iter().find(|picture| picture.slot == "loss").expect("a curve");
        let Chart::Plane(plane) = &picture.chart else { panic!("a plane") };
        assert_eq!(plane.y.label.en, "hinge loss");
    }

    #[test]
    fn before_anything_ran_the_layers_are_those_of_the_form() {
        let sheet = show(&Settings::of(FIELDS, &[("hidden", "20")]), &Moment::default(), &[None]);
        assert_eq!(value(&sheet, "net").value, "784–20–10");
        let names: Vec<_> = sheet.numbers.iter().map(|number| number.name).collect();
        assert_eq!((names, value(&sheet, "iteration").value.as_str()), (vec!["iteration", "net"], "0"));
    }
}
