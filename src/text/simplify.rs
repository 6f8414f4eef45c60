//! Traditional to simplified characters, for comparison only: what is stored and quoted never changes.

use std::sync::OnceLock;

use opencc_fmmseg::OpenCC;

/// The ranges that hold the traditional characters of everyday text: CJK Unified Ideographs and Extension A.
const IDEOGRAPHS: [std::ops::RangeInclusive<u32>; 2] = [0x4E00..=0x9FFF, 0x3400..=0x4DBF];

/// The converter with a table of what each character becomes when it stands alone.
struct Simplifier {
    opencc: OpenCC,
    /// Sorted pairs (traditional, simplified), only of characters that change.
    single: Vec<(char, char)>,
}

impl Simplifier {
    fn shared() -> &'static Simplifier {
        static SHARED: OnceLock<Simplifier> = OnceLock::new();
        SHARED.get_or_init(|| {
            let mut opencc = OpenCC::new();
            opencc.set_parallel(false);
            let characters: Vec<char> = IDEOGRAPHS.into_iter().flatten().filter_map(char::from_u32).collect();
            // Line breaks keep the converter from reading neighbours as a phrase.
            let lines: String = characters.iter().flat_map(|c| [*c, '\n']).collect();
            let converted = opencc.t2s(&lines, false);
            let mut single: Vec<(char, char)> = characters
                .iter()
                .zip(converted.lines())
                .filter_map(|(c, line)| {
                    let mut letters = line.chars();
                    match (letters.next(), letters.next()) {
                        (Some(simple), None) if simple != *c => Some((*c, simple)),
                        _ => None,
                    }
                })
                .collect();
            single.sort_unstable();
            Simplifier { opencc, single }
        })
    }

    fn lone(&self, c: char) -> Option<char> {
        self.single.binary_search_by_key(&c, |pair| pair.0).ok().map(|at| self.single[at].1)
    }
}

/// Replaces traditional characters by simplified ones in place, one for one, reading phrases where the converter knows
/// them (乾隆 keeps its 乾, 乾燥 becomes 干燥).
pub(super) fn simplify(characters: &mut [char]) {
    let simplifier = Simplifier::shared();
    if !characters.iter().any(|c| simplifier.lone(*c).is_some()) {
        return;
    }
    let text: String = characters.iter().collect();
    let converted: Vec<char> = simplifier.opencc.t2s(&text, false).chars().collect();
    if converted.len() == characters.len() {
        characters.copy_from_slice(&converted);
        return;
    }
    // A phrase changed its length: offsets would be lost, so each character is taken by itself.
    for c in characters {
        if let Some(simple) = simplifier.lone(*c) {
            *c = simple;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        let mut characters: Vec<char> = input.chars().collect();
        simplify(&mut characters);
        assert_eq!(characters.iter().collect::<String>(), expected);
    }

    #[test]
    fn traditional_becomes_simplified() {
        check("焦作高新區的發展", "焦作高新区的发展");
        check("乾隆年間氣候乾燥", "乾隆年间气候干燥");
        check("頭髮與發展", "头发与发展");
        check("皇后在三天以後", "皇后在三天以后");
        check("第九縱隊的司令員", "第九纵队的司令员");
    }

    #[test]
    fn simplified_and_foreign_text_stays() {
        check("著名的乾坤，Hello", "著名的乾坤，Hello");
        check("", "");
    }
}
