//! Characters that a PDF names by their looks: fonts share one glyph between a character and the radical or ligature that looks
//! like it, and some programs write the latter into the Unicode map. What was meant is the character.

use unicode_normalization::UnicodeNormalization;

/// Radicals of the supplement (U+2E80 to U+2EF3) that look like a character, which Unicode does not say.
const SUPPLEMENT: &str = "⺁厂⺇几⺌小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺛旡⺝月⺟母⺠民⺢水⺣火⺩王⺫目⺬示⺮竹⺱罓⺳网⺶羊⺸羊⺹老⺺聿⺻聿⺼肉⺽臼⻁虎⻂衣⻄西⻅见⻆角⻇角\
    ⻈讠⻉贝⻋车⻌辶⻍辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟";

/// The characters that a character of a PDF stands for.
pub(super) fn unified(c: char) -> impl Iterator<Item = char> {
    let same = match c {
        '\u{a0}' => Some(' '),
        '\u{2e80}'..='\u{2ef3}' => {
            SUPPLEMENT.chars().zip(SUPPLEMENT.chars().skip(1)).step_by(2).find(|pair| pair.0 == c).map(|pair| pair.1)
        }
        '\u{2f00}'..='\u{2fd5}' | '\u{f900}'..='\u{faff}' | '\u{fb00}'..='\u{fb06}' => None,
        _ => Some(c),
    };
    let compatible = same.is_none().then(|| std::iter::once(c).nfkc());
    same.into_iter().chain(compatible.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_become_characters() {
        let shown: String = "⻘榆⼀⼆⽂⺠ﬁ〇一a⺀".chars().flat_map(unified).collect();
        assert_eq!(shown, "青榆一二文民fi〇一a⺀");
    }
}
