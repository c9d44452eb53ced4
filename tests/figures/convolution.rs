//! Convolution, pooling and im2col.

use super::*;

const ID: &str = "convolution";
const TOO_LARGE: [(&str, &str); 2] = [("input", "1, 2; 3, 4"), ("filter", "1, 0, 0; 0, 1, 0; 0, 0, 1")];

fn suggestion(text: &str) -> &'static [(&'static str, &'static str)] {
    let found = lab(ID).suggestions.iter().find(|suggestion| suggestion.text.en.contains(text));
    found.expect(text).settings
}

#[test]
fn the_window_of_the_book_gives_15_16_6_15() {
    let first = at_step(ID, &[], 0);
    assert_eq!(number(&first, "sum"), "1·2 + 2·0 + 3·1 + 0·0 + 1·1 + 2·2 + 3·1 + 0·0 + 1·2 = 15");
    let output: Vec<_> = matrix(&first, "output").cells.iter().map(|cell| cell.words.as_str()).collect();
    assert_eq!(output, ["15", "", "", ""]);
    assert_eq!(values(matrix(&at_end(ID, &[]), "output")), [15.0, 16.0, 6.0, 15.0]);
    assert_eq!((lab(ID).steps)(&settings(lab(ID), &[])), 3);
    // Figure 7-5.
    let biased = at_end(ID, &[("bias", "3")]);
    assert_eq!(values(matrix(&biased, "output")), [18.0, 19.0, 9.0, 18.0]);
    assert!(number(&biased, "sum").ends_with("+ 3 = 18"));
}

#[test]
fn sizes_are_those_of_the_formula() {
    let size = |pairs: &[(&str, &str)]| number(&at_end(ID, pairs), "size").to_owned();
    assert_eq!(size(&[]), "(4 + 2·0 − 3) / 1 + 1 = 2");
    assert_eq!(size(suggestion("keeps")), "(4 + 2·1 − 3) / 1 + 1 = 4");
    assert_eq!(size(suggestion("7 × 7 input")), "(7 + 2·0 − 3) / 2 + 1 = 3");
    assert_eq!(size(suggestion("does not divide")), "(6 + 2·0 − 3) / 2 + 1 = 2.5 → 2");
    assert_eq!(
        size(&[("input", "1, 2, 3; 4, 5, 6"), ("filter", "1, 1")]),
        "(2 + 2·0 − 1) / 1 + 1 = 2, (3 + 2·0 − 2) / 1 + 1 = 2"
    );
}

#[test]
fn im2col_has_the_shapes_of_the_book() {
    // 7.4.3.
    let one = at_end(ID, suggestion("is 9 × 75"));
    assert_eq!(number(&one, "im2col"), "(1, 3, 7, 7) → (9, 75)");
    assert_eq!((matrix(&one, "im2col").columns, matrix(&one, "im2col").cells.len()), (75, 9 * 75));
    let ten = at_end(ID, suggestion("Ten"));
    assert_eq!(number(&ten, "im2col"), "(10, 3, 7, 7) → (90, 75)");
    assert_eq!(number(&ten, "product"), "(90, 75) × (75, 1) = (90, 1)");
    assert_eq!(matrix(&ten, "im2col").cells.len(), 90 * 75);
}

#[test]
fn three_channels_are_one_sum() {
    let sheet = at_end(ID, &[("operation", "conv3")]);
    assert_eq!(values(matrix(&sheet, "output")), [63.0, 55.0, 18.0, 51.0]);
    for slot in ["input", "filter", "sum"] {
        assert_eq!(matrices(&sheet, slot).len(), 3, "{slot}");
    }
    assert_eq!(number(&at_step(ID, &[("operation", "conv3")], 0), "sum"), "15 + 24 + 24 = 63");
}

#[test]
fn pooling_has_the_numbers_of_the_book() {
    // Figure 7-14.
    let pooled = at_end(ID, suggestion("Max pooling, 2"));
    assert_eq!(values(matrix(&pooled, "output")), [2.0, 3.0, 4.0, 2.0]);
    assert_eq!(number(&pooled, "sum"), "max(1, 2, 0, 1) = 2");
    assert!(matrices(&pooled, "filter").is_empty());
    // Figure 7-16.
    let shifted = at_end(ID, suggestion("gives the same"));
    let outputs: Vec<_> = matrices(&shifted, "output").into_iter().map(values).collect();
    assert_eq!(outputs, [[9.0, 7.0, 6.0, 8.0]; 2]);
    let inputs: Vec<_> = matrices(&shifted, "input").into_iter().map(values).collect();
    for (row, moved) in inputs[0].chunks(6).zip(inputs[1].chunks(6)) {
        assert_eq!((moved[0], &moved[1..]), (row[0], &row[..5]));
    }
    let text = &shifted.notices.iter().find(|notice| notice.code == "shifted").expect("said").text.en;
    assert!(text.contains("0 of 4 outputs change"), "{text}");
    let averages = at_end(ID, suggestion("changes the averages"));
    assert!(matrices(&averages, "output").into_iter().map(values).collect::<Vec<_>>()[1] != [9.0; 4]);
    let text = &averages.notices.iter().find(|notice| notice.code == "shifted").expect("said").text.en;
    assert!(!text.contains(" 0 of 4"), "{text}");
}

#[test]
fn a_filter_larger_than_the_input_is_said_and_can_be_mended() {
    let sheet = at_end(ID, &TOO_LARGE);
    assert!(has_notice(&sheet, "filter-too-large") && matrices(&sheet, "output").is_empty());
    assert_eq!((lab(ID).steps)(&settings(lab(ID), &TOO_LARGE)), 0);
    assert_eq!((lab(ID).drag)(&settings(lab(ID), &TOO_LARGE), Grip(0), [1.0, 1.0]).step, None);
    let mended = remedied(ID, &TOO_LARGE, &sheet);
    assert_eq!(matrix(&mended, "output").cells.len(), 4);
    let pooled = at_end(ID, &[("operation", "max"), ("input", "1, 2; 3, 4"), ("window", "3")]);
    assert!(has_notice(&pooled, "window-too-large"));
}

#[test]
fn channels_of_other_sizes_are_said_and_can_be_mended() {
    let pairs = [("operation", "conv3"), ("input2", "1, 2"), ("filter3", "1, 2, 3, 4")];
    let sheet = at_end(ID, &pairs);
    assert_eq!(sheet.notices.iter().filter(|notice| notice.code == "channels-differ").count(), 2);
    assert_eq!(values(matrices(&sheet, "input")[1])[..5], [1.0, 2.0, 0.0, 0.0, 0.0]);
    let mended = remedied(ID, &pairs, &sheet);
    assert!(mended.notices.is_empty());
    assert_eq!(values(matrix(&sheet, "output")), values(matrix(&mended, "output")));
}

#[test]
fn what_no_window_reaches_is_faint() {
    let sheet = at_end(ID, suggestion("does not divide"));
    assert!(has_notice(&sheet, "does-not-divide"));
    let faint: Vec<_> = matrix(&sheet, "input").cells.iter().map(|cell| cell.faint).collect();
    let expected: Vec<_> = (0..36).map(|index| index / 6 == 5 || index % 6 == 5).collect();
    assert_eq!(faint, expected);
}

#[test]
fn any_place_can_be_dragged_to() {
    for pairs in
        [suggestion("keeps"), suggestion("7 × 7 input"), suggestion("Max pooling, 2"), suggestion("Ten")]
    {
        let settings = settings(lab(ID), pairs);
        let dragged =
            |grip: u16, x: usize, y: usize| (lab(ID).drag)(&settings, Grip(grip), [x as f64, y as f64]).step;
        for step in 0..=(lab(ID).steps)(&settings) {
            let sheet = seen(lab(ID), &settings, step);
            for slot in ["input", "output", "im2col"] {
                let matrix = matrix(&sheet, slot);
                let frame = matrix.frames.first().expect("a window");
                let grip = matrix.grip.expect("can be moved");
                let middle = [frame.column + (frame.columns - 1) / 2, frame.row + (frame.rows - 1) / 2];
                assert_eq!(dragged(grip.0, middle[0], middle[1]), Some(step), "{slot} {step}");
            }
        }
        for grip in 0..4 {
            for at in [[f64::NAN; 2], [f64::INFINITY; 2], [-1e300; 2], [1e300, -3.0]] {
                let step = (lab(ID).drag)(&settings, Grip(grip), at).step;
                assert!(step.is_none_or(|step| step <= (lab(ID).steps)(&settings)));
            }
        }
    }
}

/// A matrix of a field, spelled as in the address.
fn spelled(rows: usize, columns: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(-99..100_i32, rows * columns).prop_map(move |numbers| {
        let line = |row: &[i32]| row.iter().map(i32::to_string).collect::<Vec<_>>().join(", ");
        numbers.chunks(columns).map(line).collect::<Vec<_>>().join("; ")
    })
}

fn sized(most: usize) -> impl Strategy<Value = String> {
    (1..=most, 1..=most).prop_flat_map(|(rows, columns)| spelled(rows, columns))
}

/// Settings that are allowed, whether they go together or not.
fn anything() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let operation = prop::sample::select(&["conv", "conv3", "max", "average"][..]);
    let inputs = [sized(8), sized(8), sized(8)];
    let filters = [sized(5), sized(5), sized(5)];
    let rest =
        (-99..100_i32, 0..4_u32, 1..5_u32, 2..5_u32, any::<bool>(), prop::sample::select(&["1", "10"][..]));
    (operation, inputs, filters, rest).prop_map(|(operation, [i1, i2, i3], [f1, f2, f3], rest)| {
        let (bias, pad, stride, window, shift, batch) = rest;
        vec![
            ("operation", operation.to_owned()),
            ("input", i1),
            ("input2", i2),
            ("input3", i3),
            ("filter", f1),
            ("filter2", f2),
            ("filter3", f3),
            ("bias", bias.to_string()),
            ("pad", pad.to_string()),
            ("stride", stride.to_string()),
            ("window", window.to_string()),
            ("shift", shift.to_string()),
            ("batch", batch.to_owned()),
        ]
    })
}

/// A field's numbers.
fn rows(settings: &Settings, name: &str) -> Vec<Vec<f64>> {
    settings.rows(name).to_vec()
}

/// The definition as loops over a padded copy of the input.
fn by_loops(settings: &Settings) -> Option<Vec<f64>> {
    let (inputs, filters): (Vec<_>, Vec<_>) = if settings.words("operation") == "conv3" {
        (vec!["input", "input2", "input3"], vec!["filter", "filter2", "filter3"])
    } else {
        (vec!["input"], vec!["filter"])
    };
    let (pad, stride) = (settings.count("pad") as usize, settings.count("stride") as usize);
    let (input, filter) = (rows(settings, "input"), rows(settings, "filter"));
    let (tall, wide) = (input.len() + 2 * pad, input[0].len() + 2 * pad);
    let number = |name: &str, row: usize, column: usize| {
        let rows = rows(settings, name);
        rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0.0)
    };
    let mut output = Vec::new();
    let (last_row, last_column) = (tall.checked_sub(filter.len())?, wide.checked_sub(filter[0].len())?);
    for top in (0..=last_row).step_by(stride) {
        for left in (0..=last_column).step_by(stride) {
            let mut sum = settings.number("bias");
            for (image, weights) in inputs.iter().zip(&filters) {
                for row in 0..filter.len() {
                    for column in 0..filter[0].len() {
                        let (y, x) = (top + row, left + column);
                        let inside =
                            y >= pad && x >= pad && y - pad < input.len() && x - pad < input[0].len();
                        if inside {
                            sum += number(image, y - pad, x - pad) * number(weights, row, column);
                        }
                    }
                }
            }
            output.push(sum);
        }
    }
    Some(output)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_set_can_be_seen_and_moved(pairs in anything(), step in any::<u64>(), near in 0..200_u64) {
        let lab = lab(ID);
        let raw: RawSettings = pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let settings = Settings::check(lab.fields, &raw).expect("allowed");
        prop_assert!((lab.jobs)(&settings).expect("none").is_empty());
        let sheet = seen(lab, &settings, step);
        seen(lab, &settings, near);
        let end = seen(lab, &settings, (lab.steps)(&settings));
        if settings.words("operation").starts_with("conv") {
            match by_loops(&settings) {
                Some(expected) => prop_assert_eq!(values(matrix(&end, "output")), expected),
                None => prop_assert!(has_notice(&sheet, "filter-too-large")),
            }
        }
        if let [im2col] = matrices(&end, "im2col")[..] {
            // What has the same key is the same number.
            for cell in im2col.cells.iter().filter(|cell| cell.key.is_some()) {
                let inputs = matrices(&end, "input");
                let source = inputs.iter().flat_map(|input| &input.cells).find(|source| source.key == cell.key);
                prop_assert_eq!(source.and_then(|source| source.value), cell.value);
            }
        }
    }
}
