//! The parts of a Python text that a script needs.

/// A definition at the top level of a text.
struct Part<'a> {
    name: &'a str,
    text: &'a str,
}

/// The classes and functions that `used` names, and those that these name, in their order in `library`: a Python text of
/// definitions at the top level, between which only imports stand.
pub(super) fn needed(library: &str, used: &str) -> String {
    let parts = parts(library);
    let mut wanted = vec![false; parts.len()];
    let mut open = vec![used];
    while let Some(text) = open.pop() {
        for name in words(text) {
            for (part, wanted) in parts.iter().zip(&mut wanted) {
                if part.name == name && !*wanted {
                    *wanted = true;
                    open.push(part.text);
                }
            }
        }
    }
    let chosen = parts.iter().zip(wanted).filter(|(_, wanted)| *wanted);
    chosen.map(|(part, _)| format!("{}\n\n\n", part.text.trim_end())).collect()
}

/// The definitions of a text: each from its `class` or `def` to the next line that begins with anything else than a
/// blank.
fn parts(library: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut begun: Option<(&str, usize)> = None;
    let mut at = 0;
    for line in library.split_inclusive('\n') {
        if line.starts_with(|first: char| !first.is_whitespace()) {
            if let Some((name, start)) = begun.take() {
                parts.push(Part { name, text: &library[start..at] });
            }
            let defined = line.strip_prefix("class ").or(line.strip_prefix("def "));
            begun = defined.and_then(words_of_line).map(|name| (name, at));
        }
        at += line.len();
    }
    parts.extend(begun.map(|(name, start)| Part { name, text: &library[start..] }));
    parts
}

fn words_of_line(line: &str) -> Option<&str> {
    words(line).next()
}

/// The words of a text, as names are.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIBRARY: &str = "\"\"\"Text.\"\"\"\n\nimport numpy as np\n\n\ndef one(x):\n    return two(x)\n\n\n\
        class Two:\n    \"\"\"Of one.\"\"\"\n\n    three = 3\n\n\ndef two(x):\n    return x\n";

    #[test]
    fn what_is_named_comes_with_what_it_names() {
        assert_eq!(needed(LIBRARY, "two(1)"), "def two(x):\n    return x\n\n\n");
        assert!(needed(LIBRARY, "Two()").starts_with("def one(x):"), "a word of a comment counts");
        assert_eq!(needed(LIBRARY, "twofold, np, three"), "");
        assert_eq!(needed("", "two"), "");
    }
}
