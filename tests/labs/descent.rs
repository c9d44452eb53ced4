//! Gradient descent on a surface: the path, and what is said of it.

use fishbowl::chart::{Chart, Key, Mark};
use fishbowl::labs::sheet::{Remedy, Sheet};
use fishbowl::labs::{Moment, find};

use super::{check, raw};

fn at(pairs: &[(&str, &str)], step: u64, chosen: Option<Key>) -> Sheet {
    let lab = find("descent").expect("listed");
    (lab.show)(&check(lab, &raw(pairs)), &Moment { step, chosen, ..Moment::default() }, &[])
}

fn end(pairs: &[(&str, &str)]) -> Sheet {
    at(pairs, u64::MAX, None)
}

fn codes(sheet: &Sheet) -> Vec<&str> {
    sheet.notices.iter().map(|notice| notice.code).collect()
}

#[test]
fn a_step_shows_the_beginning_of_the_whole_path() {
    let whole = end(&[]).table.expect("a table").rows;
    assert_eq!(whole.len(), 21);
    for step in [0, 1, 7, 20] {
        let sheet = at(&[], step, None);
        assert_eq!(sheet.table.expect("a table").rows, whole[..=step as usize]);
        assert_eq!(sheet.numbers[0].value, step.to_string());
    }
}

#[test]
fn a_lower_rate_is_offered_under_which_the_path_stays_and_descends() {
    for surface in ["bowl", "ellipse", "rosenbrock", "himmelblau"] {
        for optimizer in ["sgd", "momentum", "nesterov", "rmsprop"] {
            for rate in ["10", "3", "1.7"] {
                let pairs = [("surface", surface), ("optimizer", optimizer), ("x0", "-1.5"), ("x1", "2.5")];
                let sheet = end(&[&pairs[..], &[("learningRate", rate)]].concat());
                let Some(notice) = sheet.notices.first() else { continue };
                assert!(
                    matches!(notice.code, "left-plot" | "diverged"),
                    "{surface} {optimizer} {rate}: {notice:?}"
                );
                let [Remedy::Set { settings, .. }] = &notice.remedies[..] else { panic!("{notice:?}") };
                let better = end(&[&pairs[..], &[("learningRate", settings[0].1.as_str())]].concat());
                assert_eq!(codes(&better), Vec::<&str>::new(), "{surface} {optimizer} {rate}: {settings:?}");
            }
        }
    }
    assert_eq!(
        end(&[("learningRate", "10")]).notices[0].text.en,
        "The path left the plot at step 1: the learning rate is too large."
    );
    assert_eq!(codes(&end(&[])), Vec::<&str>::new());
}

#[test]
fn what_is_no_fault_of_the_rate_is_not_blamed_on_it() {
    let saddle = end(&[("surface", "saddle"), ("x0", "2"), ("x1", "0.5"), ("steps", "100")]);
    assert_eq!(codes(&saddle), ["left-plot-descending"]);
    let own = |expression| end(&[("surface", "own"), ("expression", expression), ("x0", "-1"), ("x1", "1")]);
    assert_eq!(codes(&own("ln(x0)")), ["undefined"]);
    assert_eq!(codes(&own("1 / 0 + x0 + x1")), ["undefined"]);
    assert_eq!(codes(&own("0 - exp(exp(x1 * 2)) + x0")), ["diverged"]);
    let outside = end(&[("x0", "-9"), ("x1", "4")]);
    assert_eq!(codes(&outside), ["start-outside"]);
    let [Remedy::Set { settings, .. }] = &outside.notices[0].remedies[..] else { panic!("one way back") };
    let pairs: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(codes(&end(&pairs)), Vec::<&str>::new(), "{pairs:?}");
}

#[test]
fn a_chosen_step_is_marked_where_it_is_shown() {
    let marked = |sheet: Sheet, slot| {
        let picture = sheet.pictures.into_iter().find(|picture| picture.slot == slot).expect(slot);
        let Chart::Plane(plane) = picture.chart else { panic!("{slot} is a plane") };
        let named = |mark: &Mark| matches!(mark, Mark::Scatter(scatter) if scatter.name.en == "step 5");
        plane.marks.iter().any(named)
    };
    for slot in ["contour", "value"] {
        assert!(marked(at(&[], 9, Some(Key(5))), slot));
        assert!(!marked(at(&[], 4, Some(Key(5))), slot));
    }
}
