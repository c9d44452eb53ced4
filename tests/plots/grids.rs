//! Image grids and surfaces.

use fishbowl::chart::{Chart, Foot, Image, ImageGrid, Key, Meaning, Surface};
use fishbowl::plot::Look;
use fishbowl::text::Text;

use crate::planes::{bowl, descent};
use crate::{SQUARE, WIDE, compare};

fn images(meaning: Meaning, count: usize) -> Chart {
    let picture = |index: usize| {
        // Sixteen shades are enough to see and keep the documents small.
        let pixel = |at: usize| {
            let (x, y) = ((at % 28) as f64 - 13.5, (at / 28) as f64 - 13.5);
            let distance = (x * x + y * y * (1.0 + index as f64 * 0.2)).sqrt();
            match meaning {
                Meaning::Ink => (255.0 - (distance - 8.0).abs() * 90.0).clamp(0.0, 255.0) as u8 & 0xf0,
                Meaning::Signed => {
                    (128.0 + (x * (index as f64 - 3.0) + y * 4.0) * 1.6).clamp(0.0, 255.0) as u8 & 0xf0
                }
            }
        };
        let caption = if meaning == Meaning::Ink {
            format!("{} → {}", index % 10, (index + index / 7) % 10)
        } else {
            String::new()
        };
        Image {
            pixels: (0..28 * 28).map(pixel).collect(),
            caption: Text::same(caption),
            wrong: meaning == Meaning::Ink && index >= 7,
            key: Some(Key(index as u32)),
            ..Image::default()
        }
    };
    let images = (0..count).map(picture).collect();
    Chart::ImageGrid(ImageGrid { width: 28, height: 28, meaning, foot: Foot::Captions, images })
}

fn surface() -> Chart {
    let ground = bowl();
    let height = |[x, y]: [f64; 2]| [x, y, x * x / 20.0 + y * y];
    let paths = [0.95, 0.3].map(|rate| descent(rate, 30).into_iter().map(height).collect()).to_vec();
    Chart::Surface(Surface {
        x: Text::same("x0"),
        y: Text::same("x1"),
        z: Text::same("f(x0, x1)"),
        grid: ground,
        paths,
    })
}

#[test]
fn image_grids() {
    compare("digits", &images(Meaning::Ink, 12), &WIDE);
    compare(
        "digits-lit",
        &images(Meaning::Ink, 4),
        &Look { highlight: Some(Key(2)), width: 360, height: 120, ..WIDE },
    );
    compare("weights", &images(Meaning::Signed, 8), &Look { columns: Some(4), ..SQUARE });
    compare("digits-dark", &images(Meaning::Ink, 12), &Look { dark: true, width: 360, height: 240, ..WIDE });
}

/// Hidden units at work: from at rest to full, some framed because they decide.
fn units() -> Chart {
    let Chart::ImageGrid(mut grid) = images(Meaning::Signed, 10) else { panic!("images") };
    grid.foot = Foot::Levels;
    for (index, image) in grid.images.iter_mut().enumerate() {
        image.caption = Text::same(format!("unit {}", index + 1));
        image.level = Some([0.0, 0.25, 0.5, 1.0, -0.5][index % 5]);
        image.shade = [0.0, 0.0, 0.5, 1.0, -1.0][index % 5];
    }
    Chart::ImageGrid(grid)
}

#[test]
fn units_at_work() {
    compare("units", &units(), &Look { width: 360, height: 180, ..WIDE });
    let lit = Look { dark: true, width: 360, height: 180, highlight: Some(Key(2)), ..WIDE };
    compare("units-dark", &units(), &lit);
}

#[test]
fn surfaces() {
    compare("surface", &surface(), &SQUARE);
    compare("surface-dark", &surface(), &Look { dark: true, yaw: -0.9, pitch: 0.8, ..SQUARE });
}
