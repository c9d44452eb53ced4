//! What is asked before a graph is played.

use fishbowl::labs::sheet::Guess;
use fishbowl::labs::{Moment, find};

use super::{check, raw};

fn guess(pairs: &[(&str, &str)], step: u64) -> Option<Guess> {
    let lab = find("graph").expect("a lab");
    (lab.guess)(&check(lab, &raw(pairs)), &Moment { step, ..Moment::default() }, &[])
}

#[test]
fn a_graph_asks_what_comes_back_and_answers_once_it_has_come_back_on_every_way() {
    let apples = guess(&[], 0).expect("a question");
    let options: Vec<_> = apples.options.iter().map(|option| &*option.en).collect();
    // Book figure 5-3: apple costs 100, two of them, tax 1.1.
    assert_eq!(options, ["2", "2.2", "100"]);
    assert_eq!(apples.answer, None);
    let answer = |pairs: &[(&str, &str)], step| guess(pairs, step).and_then(|guess| guess.answer);
    assert_eq!(answer(&[], 3), None, "the last node alone has passed it back");
    let told = answer(&[], 4).expect("both have");
    assert_eq!((told.option, &*told.told.en), (1, "2.2 comes back to apple."));

    let twice = [("example", "own"), ("expression", "x * (x + 1)"), ("values", "3")];
    let last = (0..9).find(|&step| answer(&twice, step).is_some());
    assert_eq!(last, Some(4), "x lies on two ways");
    assert_eq!(&*answer(&twice, 4).expect("an answer").told.en, "7 comes back to x.");
}

#[test]
fn layers_ask_nothing() {
    assert_eq!(guess(&[("example", "relu"), ("dout", "1, 2; 3, 4")], 0), None);
}
