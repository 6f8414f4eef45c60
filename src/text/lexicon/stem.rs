//! English inflection by rule: which dictionary forms a word may come from. Irregular forms are in the table.

/// An ending, what it may have replaced, and whether a doubled consonant before it may be single in the lemma.
const ENDINGS: &[(&str, &[&str], bool)] = &[
    ("'s", &[""], false),
    ("s'", &["s", ""], false),
    ("ies", &["y", "ie"], false),
    ("ves", &["f", "fe", "ve"], false),
    ("es", &["", "e"], false),
    ("s", &[""], false),
    ("ied", &["y", "ie"], false),
    ("ed", &["", "e"], true),
    ("ing", &["", "e"], true),
    ("er", &["", "e"], true),
    ("est", &["", "e"], true),
    ("iest", &["y"], false),
    ("ier", &["y"], false),
];

/// Endings that make another part of speech of the same root, with what they may have replaced.
const DERIVED: &[(&str, &[&str])] = &[
    ("ization", &["ize"]),
    ("isation", &["ise", "ize"]),
    ("ification", &["ify"]),
    ("ation", &["ate", "e", ""]),
    ("ition", &["ite", "e"]),
    ("ion", &["", "e"]),
    ("ment", &[""]),
    ("ness", &[""]),
    ("ity", &["", "e"]),
    ("ance", &["", "e"]),
    ("ence", &["", "e"]),
    ("ically", &["ic", "y"]),
    ("ally", &["al", ""]),
    ("ily", &["y"]),
    ("ly", &["", "le"]),
    ("able", &["", "e"]),
    ("ive", &["", "e", "ion"]),
    ("al", &["", "e"]),
    ("or", &["", "e"]),
    ("er", &["", "e"]),
    ("ist", &["y", ""]),
    ("ical", &["y", "ic"]),
    ("ship", &[""]),
    ("ful", &[""]),
];

/// British and American spellings of the same ending, in both directions.
const SPELLINGS: &[(&str, &str)] = &[
    ("ize", "ise"),
    ("ization", "isation"),
    ("yze", "yse"),
    ("or", "our"),
    ("ter", "tre"),
    ("ense", "ence"),
    ("og", "ogue"),
    ("gram", "gramme"),
];

/// The shortest stem worth looking up, in letters: shorter ones are other words ("as", "red").
const MIN_STEM: usize = 2;

/// Lemmas that inflection may have made `word` from, likeliest first; never `word` itself.
pub(crate) fn lemmas(word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for &(ending, replaced, doubles) in ENDINGS {
        let Some(stem) = word.strip_suffix(ending) else { continue };
        if stem.len() < MIN_STEM || (ending == "s" && stem.ends_with('s')) {
            continue;
        }
        if doubles && let Some(single) = undouble(stem) {
            push(&mut found, single.to_owned());
        }
        for put in replaced {
            push(&mut found, format!("{stem}{put}"));
        }
    }
    found
}

/// Words of the same root and another part of speech ("legislation" from "legislate"); related, not equal in sense.
pub(crate) fn roots(word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for &(ending, replaced) in DERIVED {
        let Some(stem) = word.strip_suffix(ending) else { continue };
        if stem.len() < MIN_STEM + 2 {
            continue;
        }
        for put in replaced {
            push(&mut found, format!("{stem}{put}"));
        }
        if ending == "er"
            && let Some(single) = undouble(stem)
        {
            push(&mut found, single.to_owned());
        }
    }
    found
}

/// The same word in the other spelling ("defense", "defence"), where a rule knows it.
pub(crate) fn spellings(word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for &(one, other) in SPELLINGS {
        for (from, to) in [(one, other), (other, one)] {
            if let Some(stem) = word.strip_suffix(from)
                && stem.len() > MIN_STEM
            {
                push(&mut found, format!("{stem}{to}"));
            }
        }
    }
    found
}

fn undouble(stem: &str) -> Option<&str> {
    let bytes = stem.as_bytes();
    let last = *bytes.last()?;
    let doubled = bytes.len() > 2 && bytes[bytes.len() - 2] == last && !b"aeiou".contains(&last);
    doubled.then(|| &stem[..stem.len() - 1])
}

fn push(found: &mut Vec<String>, word: String) {
    if !found.contains(&word) {
        found.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflection() {
        let check =
            |word: &str, lemma: &str| assert!(lemmas(word).iter().any(|l| l == lemma), "{word}: {:?}", lemmas(word));
        check("cities", "city");
        check("projects", "project");
        check("planned", "plan");
        check("planned", "plann");
        check("located", "locate");
        check("investing", "invest");
        check("people's", "people");
        check("wives", "wife");
        assert!(lemmas("class").is_empty());
    }

    #[test]
    fn derivation() {
        let check =
            |word: &str, root: &str| assert!(roots(word).iter().any(|r| r == root), "{word}: {:?}", roots(word));
        check("legislation", "legislate");
        check("commander", "command");
        check("investment", "invest");
        check("annually", "annual");
    }

    #[test]
    fn spelling() {
        let check = |word: &str, other: &str| {
            assert!(spellings(word).iter().any(|s| s == other), "{word}: {:?}", spellings(word))
        };
        check("defense", "defence");
        check("centre", "center");
        check("modernisation", "modernization");
    }
}
