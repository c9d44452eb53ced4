//! Any chart can be drawn, read out and told, whatever is in it.

use proptest::prelude::*;

use super::*;
use crate::chart::*;
use crate::text::Text;

/// Numbers of all kinds, with the awkward ones often.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        -10.0..10.0f64,
        any::<f64>(),
        Just(0.0),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(-1e30),
        Just(1e-30),
        Just(f64::MAX),
    ]
}

fn points() -> impl Strategy<Value = Vec<[f64; 2]>> {
    prop::collection::vec([number(), number()], 0..12)
}

fn grid() -> impl Strategy<Value = Grid> {
    let values = prop::collection::vec(number().prop_map(|value| value as f32), 0..30);
    let ends = || (number(), number());
    (ends(), ends(), 0usize..6, 0usize..6, values, any::<bool>()).prop_map(
        |(x, y, columns, rows, mut values, right)| {
            if right {
                values.resize(columns * rows, 1.0);
            }
            Grid { x, y, columns, rows, values }
        },
    )
}

/// One of few keys, so that charts hold the one that is lit.
fn key() -> impl Strategy<Value = Option<Key>> {
    prop::option::of((0u32..3).prop_map(Key))
}

/// One of few grips, so that handles share theirs.
fn grip() -> impl Strategy<Value = Option<Grip>> {
    prop::option::of((0u16..3).prop_map(Grip))
}

fn words() -> impl Strategy<Value = Text> {
    prop_oneof![Just(""), Just("×"), Just("-0.25"), Just("batch norm 1"), Just("激活函数 Sigmoid")]
        .prop_map(Text::same)
}

fn matrix() -> impl Strategy<Value = Matrix> {
    let cell = (words(), prop::option::of(number()), number(), any::<bool>(), key()).prop_map(
        |(words, value, shade, faint, key)| Cell { words: words.en.into(), value, shade, faint, key },
    );
    let end = || prop_oneof![4 => 0usize..5, 1 => Just(usize::MAX)];
    let frame = (end(), end(), end(), end(), end(), any::<u8>(), words()).prop_map(
        |(row, column, rows, columns, stride, color, name)| CellFrame {
            row,
            column,
            rows,
            columns,
            stride,
            color,
            name,
        },
    );
    let names = || prop::collection::vec(words(), 0..6);
    let columns = prop_oneof![6 => 0usize..9, 1 => Just(usize::MAX)];
    let cells = prop::collection::vec(cell, 0..40);
    (words(), names(), names(), columns, cells, prop::collection::vec(frame, 0..3), grip()).prop_map(
        |(corner, row_names, column_names, columns, cells, frames, grip)| Matrix {
            corner,
            row_names,
            column_names,
            columns,
            cells,
            frames,
            grip,
        },
    )
}

fn tone() -> impl Strategy<Value = Tone> {
    prop_oneof![Just(Tone::Plain), Just(Tone::Active), Just(Tone::Faint), Just(Tone::Wrong)]
}

fn diagram() -> impl Strategy<Value = Diagram> {
    let outline = prop_oneof![Just(Outline::Circle), Just(Outline::Box), Just(Outline::None)];
    let at = || prop_oneof![6 => (0u8..5).prop_map(f64::from), 1 => number()];
    let node = ([at(), at()], outline, words(), words(), tone(), number(), key()).prop_map(
        |(at, outline, words, note, tone, shade, key)| {
            // Some have a picture, too short for its size, and a bar.
            let meaning = Meaning::Signed;
            let picture =
                (shade > 0.5).then(|| Thumbnail { width: 4, height: 3, meaning, pixels: vec![9; 7] });
            let values = vec![Value { name: words.clone(), value: shade }; words.en.len() % 3];
            let level = key.map(|_| shade);
            Node { at, outline, words, note, tone, shade, key, picture, level, values }
        },
    );
    let edge = (0usize..12, 0usize..12, words(), words(), tone(), number(), number(), key()).prop_map(
        |(from, to, forward, backward, tone, width, shade, key)| Edge {
            from,
            to,
            forward: forward.en.into(),
            backward: backward.en.into(),
            tone,
            width,
            shade,
            key,
        },
    );
    (prop::collection::vec(node, 0..12), prop::collection::vec(edge, 0..20))
        .prop_map(|(nodes, edges)| Diagram { nodes, edges })
}

fn look() -> impl Strategy<Value = Look> {
    let width = prop_oneof![Just(0u32), Just(1), Just(180), Just(360), Just(700)];
    let height = prop_oneof![Just(0u32), Just(1), Just(300)];
    let ratio = prop_oneof![Just(1.0), Just(1.5), Just(2.0)];
    (width, height, ratio, any::<bool>(), any::<bool>(), number(), key()).prop_map(
        |(width, height, ratio, dark, chinese, angle, highlight)| Look {
            width,
            height,
            ratio,
            dark,
            language: if chinese { Language::Chinese } else { Language::English },
            yaw: angle,
            pitch: angle,
            highlight,
            ..Look::default()
        },
    )
}

/// Each stroke of a part, in its order.
fn strokes(chart: &Chart, look: &Look, part: Part) -> Vec<String> {
    let mut document = String::new();
    let (width, height) = look.device_size();
    let backend = plotters::backend::SVGBackend::with_string(&mut document, (width, height));
    draw_part(backend, chart, &Look { bitmaps: false, ..*look }, part).expect("drawn");
    let head = document.find('>').map_or(0, |end| end + 1);
    document[head..].lines().filter(|line| !line.is_empty() && *line != "</svg>").map(str::to_owned).collect()
}

/// The frame of a chart drawn for a look, in a document that nobody reads.
fn framed(chart: &Chart, look: &Look) -> Frame {
    let mut document = String::new();
    let (width, height) = look.device_size();
    let backend = plotters::backend::SVGBackend::with_string(&mut document, (width, height));
    draw(backend, chart, &Look { bitmaps: false, ..*look }).expect("drawn")
}

fn mark() -> impl Strategy<Value = Mark> {
    let name = Text::same("name");
    let (scatter, bars, histogram) = (name.clone(), name.clone(), name.clone());
    prop_oneof![
        (points(), points(), any::<bool>(), any::<u8>(), key()).prop_map(
            move |(points, band, dots, color, key)| {
                Mark::Line(Line { name: name.clone(), color, points, band, dots, key })
            }
        ),
        (points(), prop::collection::vec((0u32..3).prop_map(Key), 0..4), grip()).prop_map(
            move |(points, keys, grip)| {
                Mark::Scatter(Scatter {
                    name: scatter.clone(),
                    color: 3,
                    points,
                    symbol: Symbol::Handle,
                    keys,
                    grip,
                })
            }
        ),
        grid().prop_map(Mark::Contour),
        prop::collection::vec([number(), number(), number(), number()], 0..6).prop_map(Mark::Arrows),
        (prop::collection::vec(number(), 0..6), 0usize..6, grip()).prop_map(move |(values, count, grip)| {
            let categories = (0..count).map(|index| Text::same(format!("category {index}"))).collect();
            Mark::Bars(Bars { name: bars.clone(), color: 1, categories, values, grip })
        }),
        (number(), number(), prop::collection::vec(number(), 0..6)).prop_map(move |(low, high, counts)| {
            Mark::Histogram(Histogram { name: histogram.clone(), color: 2, low, high, counts })
        }),
    ]
}

fn axis() -> impl Strategy<Value = Axis> {
    (any::<bool>(), prop::option::of((number(), number()))).prop_map(|(log, range)| Axis {
        label: Text::same("axis"),
        scale: if log { Scale::Log } else { Scale::Linear },
        range,
    })
}

fn plane() -> impl Strategy<Value = Plane> {
    (axis(), axis(), prop::collection::vec(mark(), 0..4), any::<bool>(), grip())
        .prop_map(|(x, y, marks, equal, grip)| Plane { x, y, marks, equal, grip })
}

fn chart() -> impl Strategy<Value = Chart> {
    let value = number().prop_map(|value| Value { name: Text::same("value"), value });
    let values = prop::collection::vec(value, 0..3);
    let marks = (any::<bool>(), any::<bool>());
    let image = (prop::collection::vec(any::<u8>(), 0..20), marks, key(), number(), values).prop_map(
        |(pixels, (wrong, hatched), key, shade, values)| {
            let level = key.map(|_| shade);
            Image { pixels, caption: Text::same("caption"), wrong, hatched, key, level, shade, values }
        },
    );
    let foot = prop_oneof![Just(Foot::Captions), Just(Foot::Levels)];
    let images = (0usize..5, 0usize..5, prop::collection::vec(image, 0..9), foot);
    let paths = prop::collection::vec(prop::collection::vec([number(), number(), number()], 0..5), 0..3);
    prop_oneof![
        4 => plane().prop_map(Chart::Plane),
        1 => images.prop_map(|(width, height, images, foot)| {
            Chart::ImageGrid(ImageGrid { width, height, meaning: Meaning::Signed, foot, images })
        }),
        2 => matrix().prop_map(Chart::Matrix),
        2 => diagram().prop_map(Chart::Diagram),
        1 => (grid(), paths).prop_map(|(grid, paths)| {
            Chart::Surface(Surface { x: Text::same("x"), y: Text::same("y"), z: Text::same("z"), grid, paths })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chart_can_be_drawn_read_and_told(
        chart in chart(),
        look in look(),
        place in (-10.0..800.0f64, -10.0..400.0f64),
    ) {
        let document = svg(&chart, &Look { legend: true, ..look });
        prop_assert!(document.starts_with("<svg") && document.trim_end().ends_with("</svg>"));
        prop_assert!(!document.contains("NaN"));
        let frame = framed(&chart, &look);
        if let Some(found) = readout::readout(&chart, &frame, place, false) {
            prop_assert!(found.place.0.is_finite() && found.place.1.is_finite());
        }
        if let Some((x, y)) = frame.at(place.0, place.1) {
            prop_assert!(x.is_finite() && y.is_finite());
        }
        let table = table::table(&chart);
        prop_assert!(table.rows.len() <= table::MOST_ROWS);
        prop_assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
        for width in [-1.0, 0.0, 180.0, 1e9, f64::NAN] {
            prop_assert!(height(&chart, width, None, look.language).is_none_or(|high| high.is_finite() && high > 0.0));
        }
    }

    #[test]
    fn a_backdrop_and_the_front_are_the_whole_and_what_moves_leaves_the_backdrop(
        chart in chart(),
        look in look(),
        further in points(),
    ) {
        let behind = strokes(&chart, &look, Part::Backdrop);
        let both = [behind.clone(), strokes(&chart, &look, Part::Front)].concat();
        if backdrop(&chart).is_none() {
            return Ok(());
        }
        prop_assert_eq!(strokes(&chart, &look, Part::Whole), both);
        let mut moved = chart.clone();
        match &mut moved {
            Chart::Plane(plane) => plane.marks.push(Mark::Line(Line {
                name: Text::same("further"),
                color: 0,
                points: further,
                band: Vec::new(),
                dots: true,
                key: None,
            })),
            Chart::Surface(surface) => surface.paths.push(further.iter().map(|&[x, y]| [x, y, 0.0]).collect()),
            _ => {}
        }
        // A number that is none equals nothing, not even itself: then it is drawn again each time.
        let known = backdrop(&chart);
        if known.is_some() && known == backdrop(&chart) {
            prop_assert_eq!(backdrop(&moved), known);
            prop_assert_eq!(strokes(&moved, &look, Part::Backdrop), behind);
        }
    }

    #[test]
    fn lighting_a_part_moves_nothing(chart in chart(), look in look()) {
        let plain = framed(&chart, &Look { highlight: None, ..look });
        let lit = framed(&chart, &look);
        if let (Frame::Diagram(plain), Frame::Diagram(lit)) = (&plain, &lit) {
            // A number that had no room may appear.
            let kept = plain.numbers.iter().zip(&lit.numbers).all(|(before, after)| {
                before == after || (before.forward.is_none() && before.backward.is_none())
            });
            prop_assert!(kept && plain.nodes == lit.nodes && plain.routes == lit.routes);
        } else {
            prop_assert_eq!(plain, lit);
        }
    }

    #[test]
    fn every_cell_lies_in_the_picture_and_is_found_again(matrix in matrix(), look in look()) {
        let look = Look { legend: false, ..look };
        let chart = Chart::Matrix(matrix.clone());
        let Frame::Cells(cells) = framed(&chart, &look) else { return Err(TestCaseError::fail("cells")) };
        let picture = Area { left: 0.0, top: 0.0, width: f64::from(look.width), height: f64::from(look.height) };
        let longest = matrix.cells.iter().map(|cell| letters::width(&cell.words)).fold(0.0, f64::max);
        for (index, cell) in matrix.cells.iter().enumerate() {
            let (row, column) = (index / cells.columns, index % cells.columns);
            let area = cells.cell(row, column);
            prop_assert!(picture.shrunk(-1e-6).contains((area.left, area.top)), "{area:?}");
            prop_assert!(picture.shrunk(-1e-6).contains((area.right(), area.bottom())), "{area:?}");
            // Wider cells are for words that would not fit otherwise, at their smallest size with 4 px on either side.
            prop_assert!(area.width <= if longest * 9.0 + 8.0 > 56.0 { 112.0 } else { 56.0 }, "{area:?}");
            prop_assert!(area.height <= 56.0, "{area:?}");
            if area.width > 0.0 && area.height > 0.0 {
                let middle = cells.middle(row as f64, column as f64).unwrap();
                let found = readout::readout(&chart, &Frame::Cells(cells), middle, look.dark).unwrap();
                prop_assert_eq!((found.place, found.key), (middle, cell.key));
                prop_assert_eq!(cells.at(middle), Some((row, column)));
            }
        }
    }

    #[test]
    fn every_node_lies_in_the_picture_and_is_found_again(diagram in diagram(), look in look()) {
        let chart = Chart::Diagram(diagram.clone());
        let frame = framed(&chart, &look);
        let Frame::Diagram(drawing) = &frame else { return Err(TestCaseError::fail("a diagram")) };
        let (width, height) = (f64::from(look.width), f64::from(look.height));
        let picture = Area { left: 0.0, top: 0.0, width, height };
        for place in &drawing.nodes {
            let area = place.area();
            prop_assert!(picture.shrunk(-1e-6).contains((area.left, area.top)), "{area:?}");
            prop_assert!(picture.shrunk(-1e-6).contains((area.right(), area.bottom())), "{area:?}");
            prop_assert!(readout::readout(&chart, &frame, place.center, false).is_some());
        }
    }

    #[test]
    fn what_can_be_held_is_found_where_it_is_drawn(
        plane in plane(),
        matrix in matrix(),
        look in look(),
        steps in (-1..=1i32, -1..=1i32),
    ) {
        for chart in [Chart::Plane(plane), Chart::Matrix(matrix)] {
            let frame = framed(&chart, &look);
            let handles = grips::handles(&chart, &frame);
            for handle in &handles {
                let found = grips::grip_at(&chart, &frame, handle.place);
                // Of handles that lie on each other, another may be the upper one.
                let above = |other: &&grips::Handle| Some(other.grip) == found && near(other.place, handle.place);
                prop_assert!(found == Some(handle.grip) || handles.iter().any(|other| above(&other)));
                let which = handles.iter().filter(|other| other.grip == handle.grip);
                let which = which.take_while(|other| !std::ptr::eq(*other, handle)).count();
                let (x, y) = grips::nudge(&chart, &frame, handle.grip, steps, which).unwrap();
                match &frame {
                    Frame::Plane(plane) => {
                        // A bar stays where it is.
                        prop_assert!(x == handle.at.0 || plane.x.contains(x));
                        prop_assert!(plane.y.contains(y));
                    }
                    Frame::Cells(cells) => prop_assert!(cells.middle(y, x).is_some()),
                    _ => {}
                }
            }
        }
    }
}

/// Whether two handles cover each other: the tops of bars are as wide as the bars.
fn near(one: (f64, f64), other: (f64, f64)) -> bool {
    (one.1 - other.1).abs() < 1e-6 || (one.0 - other.0).hypot(one.1 - other.1) < 1e-6
}
