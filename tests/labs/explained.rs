//! What a network made of a drawing, as it may come: of another network, of one that diverged, of none.

use fishbowl::chart::{Chart, Diagram, ImageGrid};
use fishbowl::labs::settings::RawSettings;
use fishbowl::labs::sheet::{Picture, Sheet};
use fishbowl::labs::{Moment, find, output_key};
use fishbowl::train::explanation::{Explanation, Said, Score, Scores};
use fishbowl::train::health::{Health, Hidden};
use fishbowl::train::report::{Findings, Phase, Report, Training, WeightImages};
use proptest::prelude::*;

use super::check;

fn number() -> impl Strategy<Value = f32> {
    prop_oneof![
        9 => -9.0..9.0_f32,
        2 => Just(0.0),
        1 => prop::sample::select(vec![f32::NAN, f32::INFINITY, -f32::INFINITY, 1e38, 1e-38]),
    ]
}

/// An explanation, or none; mostly one whose parts fit each other.
pub(crate) fn explanations() -> impl Strategy<Value = Option<Explanation>> {
    let hidden = prop::collection::vec(prop::collection::vec(number(), 0..9), 0..3);
    let scores = (prop::option::of(0..3_usize), 0..9_usize, 0..500_usize, 0..12_usize).prop_flat_map(
        |(hidden, told, more, outputs)| {
            let values = || prop::collection::vec(number(), told);
            let score = (number(), number(), values(), number(), number()).prop_map(
                |(score, bias, contributions, rest, absolute)| Score {
                    score,
                    bias,
                    contributions,
                    rest,
                    absolute,
                },
            );
            let outputs = prop::collection::vec(score, outputs);
            (values(), outputs).prop_map(move |(values, outputs)| Scores {
                hidden,
                count: told + more,
                units: (0..told).collect(),
                values,
                outputs,
            })
        },
    );
    let excited = prop::collection::vec((0..9_usize, prop::collection::vec(any::<u8>(), 4)), 0..3);
    let answer = (prop::collection::vec(number(), 0..12), prop::option::of(0..12_usize));
    let units = prop::collection::btree_set(0..12_usize, 0..9);
    let said = prop::collection::vec(prop::collection::vec(number(), 0..9), 0..12);
    let said = (units, said, any::<bool>()).prop_map(|(units, outputs, is_exact)| Said {
        units: units.into_iter().collect(),
        outputs,
        is_exact,
    });
    let parts = (answer, hidden, prop::option::of(scores), prop::option::of(said), excited);
    prop::option::of(parts.prop_map(|((outputs, class), hidden, scores, said, excited)| Explanation {
        outputs,
        class,
        hidden,
        scores,
        said,
        excited,
        maps: Vec::new(),
    }))
}

/// The digits lab with a network of `units` hidden units, of which the first are reported.
fn seen(units: usize, moment: &Moment) -> Sheet {
    let lab = find("digits").expect("listed");
    let pixels = |unit: usize| vec![unit as u8; 4];
    let shown = units.min(WeightImages::MOST);
    let weights = WeightImages { width: 2, height: 2, units: (0..shown).map(pixels).collect(), count: units };
    let findings = Findings::Training(Training { weights: Some(weights), ..Training::default() });
    let report = Report { phase: Phase::Ready, done: 0, of: None, seconds: 0.0, findings };
    (lab.show)(&check(lab, &RawSettings::new()), moment, &[Some(report)])
}

fn picture<'s>(sheet: &'s Sheet, slot: &str) -> &'s Picture {
    sheet.pictures.iter().find(|picture| picture.slot == slot).expect(slot)
}

fn units(sheet: &Sheet) -> &ImageGrid {
    let Chart::ImageGrid(grid) = &picture(sheet, "weights").chart else { panic!("images") };
    grid
}

fn speakers(sheet: &Sheet) -> &Diagram {
    let Chart::Diagram(diagram) = &picture(sheet, "speakers").chart else { panic!("a diagram") };
    diagram
}

fn words(diagram: &Diagram) -> Vec<String> {
    let node = |index: usize| diagram.nodes[index].words.en.to_string();
    diagram.edges.iter().map(|edge| format!("{} {}", node(edge.from), edge.forward)).collect()
}

/// Ten units of activation 1 to 10, two outputs; the first is the answer.
fn explanation(layers: usize) -> Explanation {
    let values: Vec<f32> = (1..=10).map(|unit| unit as f32).collect();
    let first = vec![4.0, 0.5, -3.0, 2.0, 0.0, 1.0, 0.25, -0.25, 3.0, -1.0];
    let second = first.iter().rev().map(|value| -value).collect();
    let score = |score: f32, contributions: Vec<f32>| {
        let absolute = contributions.iter().map(|value| value.abs()).sum();
        Score { score, bias: 0.5, contributions, rest: 0.0, absolute }
    };
    let scores = Scores {
        hidden: Some(layers - 1),
        count: 10,
        units: (0..10).collect(),
        values: values.clone(),
        outputs: vec![score(7.0, first), score(-6.0, second)],
    };
    let outputs = vec![0.99, 0.01];
    Explanation {
        outputs,
        class: Some(0),
        hidden: vec![values; layers],
        scores: Some(scores),
        said: None,
        excited: vec![],
        maps: vec![],
    }
}

fn drawn(explanation: Explanation) -> Moment {
    Moment { drawing: Some(explanation), ..Moment::default() }
}

#[test]
fn the_loudest_units_for_and_against_the_answer_are_shown_and_all_adds_up() {
    let sheet = seen(10, &drawn(explanation(1)));
    let diagram = speakers(&sheet);
    let expected = [
        "unit 1 +4.0",
        "unit 9 +3.0",
        "unit 4 +2.0",
        "unit 6 +1.0",
        "unit 3 −3.0",
        "unit 10 −1.0",
        "4 others +0.5",
        "bias +0.5",
    ];
    assert_eq!(words(diagram), expected);
    let answer = diagram.nodes.last().expect("the answer");
    assert_eq!((answer.words.en.as_ref(), answer.note.en.as_ref()), ("0", "score +7.0"));
    // 14 of 15.
    let caption = &picture(&sheet, "speakers").caption;
    assert_eq!(caption.en, "Why 0? 6 of 10 units: 93% of the sum of absolute contributions");
    assert!(caption.zh.contains("93%"));
    let widths: Vec<_> = diagram.edges.iter().map(|edge| edge.width).collect();
    assert_eq!((widths[0], widths[1], widths[4]), (8.0, 6.0, 6.0));
    assert!(diagram.edges[0].shade > 0.0 && diagram.edges[4].shade < 0.0);
}

#[test]
fn units_are_lit_by_their_activation_and_framed_by_what_they_say() {
    let sheet = seen(10, &drawn(explanation(1)));
    let grid = units(&sheet);
    let levels: Vec<_> = grid.images.iter().map(|image| image.level).collect();
    assert_eq!((levels[0], levels[9]), (Some(0.1), Some(1.0)));
    let shades: Vec<_> = grid.images.iter().map(|image| image.shade).collect();
    assert_eq!(shades, [1.0, 0.0, -0.75, 0.5, 0.0, 0.25, 0.0, 0.0, 0.75, -0.25]);
    let values: Vec<_> =
        grid.images[0].values.iter().map(|each| (each.name.en.as_ref(), each.value)).collect();
    assert_eq!(values, [("activation", 1.0), ("to 0", 4.0), ("to 1", 1.0)]);
    assert_eq!(grid.images[0].key, speakers(&sheet).nodes[0].key, "pointing at one lights the other");
}

#[test]
fn choosing_an_output_explains_that_one() {
    let chosen = Some(output_key(1));
    let sheet = seen(10, &Moment { chosen, ..drawn(explanation(1)) });
    let diagram = speakers(&sheet);
    assert_eq!(words(diagram)[0], "unit 8 +3.0");
    assert_eq!(diagram.nodes.last().map(|node| (node.words.en.as_ref(), node.key)), Some(("1", chosen)));
    // There is no such output: the answer is explained.
    let sheet = seen(10, &Moment { chosen: Some(output_key(2)), ..drawn(explanation(1)) });
    assert_eq!(words(speakers(&sheet))[0], "unit 1 +4.0");
}

#[test]
fn units_of_a_later_layer_are_numbered_and_the_first_layer_is_only_lit() {
    let sheet = seen(10, &drawn(explanation(2)));
    assert!(units(&sheet).images.iter().all(|image| image.level.is_some() && image.shade == 0.0));
    let diagram = speakers(&sheet);
    assert_eq!(words(diagram)[0], "1 +4.0");
    assert!(diagram.nodes.iter().all(|node| node.picture.is_none()));
    assert!(diagram.nodes[0].level.is_some());
    assert!(picture(&sheet, "speakers").caption.en.contains("10 units of the last hidden layer"));
    assert_ne!(units(&sheet).images[0].key, diagram.nodes[0].key);
}

#[test]
fn units_of_a_first_of_several_layers_tell_what_they_say_by_their_gradient() {
    let mut told = explanation(2);
    let first = vec![2.0, -1.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.25];
    let second = first.iter().map(|value| -value).collect();
    told.said = Some(Said { units: (0..10).collect(), outputs: vec![first, second], is_exact: true });
    let sheet = seen(10, &drawn(told));
    let images = &units(&sheet).images;
    let values: Vec<_> = images[0].values.iter().map(|each| (each.name.en.as_ref(), each.value)).collect();
    assert_eq!(values, [("activation", 1.0), ("to 0", 2.0), ("to 1", -2.0)]);
    let shades: Vec<_> = images.iter().map(|image| image.shade).collect();
    assert_eq!(shades, [1.0, -0.5, 0.0, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.125]);
    assert_eq!(words(speakers(&sheet))[0], "1 +4.0", "those of the last layer decide");
}

#[test]
fn dead_units_are_hatched_named_and_counted() {
    let lab = find("digits").expect("listed");
    let weights = WeightImages { width: 1, height: 1, units: vec![vec![7]; 3], count: 3 };
    let layer = |units| Hidden { units, dead: vec![1], saturated: None };
    let sheet = |units| {
        let health = Some(Health { iteration: 9, layers: vec![layer(units)], ..Health::default() });
        let (weights, sizes) = (Some(weights.clone()), vec![1, 3, 2]);
        let findings = Findings::Training(Training { weights, sizes, health, ..Training::default() });
        let report = Report { phase: Phase::Ready, done: 9, of: None, seconds: 0.0, findings };
        (lab.show)(&check(lab, &RawSettings::new()), &Moment::default(), &[Some(report)])
    };
    let shown = sheet(3);
    let hatched: Vec<_> = units(&shown).images.iter().map(|image| image.hatched).collect();
    assert_eq!(hatched, [false, true, false]);
    assert_eq!(units(&shown).images[1].caption.en, "unit 2, dead");
    assert_eq!(picture(&shown, "weights").caption.en, "1 of 3 units are dead (hatched)");
    // A look at another network.
    assert!(units(&sheet(4)).images.iter().all(|image| !image.hatched));
}

#[test]
fn a_blank_pad_and_the_drawing_of_another_network_light_nothing() {
    for moment in [Moment::default(), drawn(explanation(1))] {
        let sheet = seen(11, &moment);
        assert!(units(&sheet).images.iter().all(|image| image.level.is_none() && image.values.is_empty()));
        assert_eq!(speakers(&sheet).nodes.last().map(|node| node.words.en.as_ref()), Some("?"));
        assert!(picture(&sheet, "speakers").caption.en.starts_with("Draw a digit"));
    }
}

#[test]
fn of_a_thousand_units_the_most_excited_are_shown() {
    let mut told = explanation(1);
    told.hidden = vec![vec![0.5; 1000]];
    told.excited = vec![(700, vec![9; 4]), (3, vec![8; 4])];
    if let Some(scores) = &mut told.scores {
        scores.count = 1000;
        scores.outputs[0].rest = 2.5;
    }
    let sheet = seen(1000, &drawn(told));
    let captions: Vec<_> = units(&sheet).images.iter().map(|image| image.caption.en.as_ref()).collect();
    assert_eq!(captions, ["unit 701", "unit 4"]);
    assert_eq!(picture(&sheet, "weights").caption.en, "the most excited 2 of 1,000 units");
    assert_eq!(words(speakers(&sheet))[6], "994 others +3.0");
}
