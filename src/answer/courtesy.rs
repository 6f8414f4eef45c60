//! What a question says beside its content: question words and courtesy. Cutting them away leaves what can be looked up; the
//! question words tell what kind of answer is expected.

use std::{ops::Range, sync::LazyLock};

use rustc_hash::FxHashMap;

use super::question::Kind::{self, Date, Definition, List, Manner, Number, Other, Person, Place, Reason, YesNo};
use crate::text::is_dictionary_word;

/// A question without its question words.
pub(super) struct Cut {
    /// The folded characters, with spaces where something was cut.
    pub(super) content: Vec<char>,
    /// What the question words ask for.
    pub(super) kind: Kind,
}

/// Question words by the kind of answer that they ask for. At each place the longest one counts; the first that is not `Other`
/// decides the kind.
const QUESTION_WORDS: &[(Kind, &str)] = &[
    (
        Definition,
        "是什么意思|什么意思|是啥意思|啥意思|是何意思|何意|是指什么|指的是什么|指什么|指的是啥|什么叫做|什么叫|什么是|啥叫|啥是|何谓|\
         是什么含义|什么含义|怎么解释|怎么理解|如何理解|是什么东西|是个什么东西|是啥东西|是个啥东西|\
         是什么玩意|是啥玩意|是个啥玩意|啥含义|代表什么意思|代表什么|代表啥|是什么概念|是啥概念",
    ),
    (
        Date,
        "什么时候|什么时间|什么日期|啥时候|甚么时候|何时|何年|何月|何日|哪一年|哪年|哪一天|哪天|哪一日|哪日|哪个月|几月几号|几月几日|\
         几月|几号|几年|几点|多会儿|哪一届|哪届|什么年代|哪个年代|哪个世纪",
    ),
    (
        List,
        "是哪些|有哪些|哪些|是哪几个|是哪几|有哪几个|有哪几|哪几个|哪几|都有什么|都有啥|分别是什么|分别是|分别为|分别有|\
         分别|各是|各为|各叫|有什么|列举|列出",
    ),
    (
        Number,
        "多少|几个|几家|几种|几次|几人|几位|几条|几项|几天|几名|几件|几岁|几倍|几类|几级|第几|百分之几|几成|多长时间|多少年|\
         多大|多长|多高|多远|多久|多宽|多深|多重|多快|几",
    ),
    (Person, "是谁|谁|何人|哪位|哪一位|什么人|啥人|哪个人"),
    (Place, "在什么地方|什么地方|啥地方|在哪里|在哪儿|哪里|哪儿|何地|何处|在哪|哪个国家|哪个城市|哪个省"),
    (Reason, "为什么|为甚么|为何|为啥|因何|什么原因|啥原因|干嘛|干吗|何故|凭什么|怎么回事"),
    (Manner, "是怎么样|怎么样|怎么办|怎么个|怎么弄|怎么做|怎么|怎样|如何|咋样|咋办|咋个|咋|怎"),
    (YesNo, "是不是|有没有|能不能|可不可以|会不会|要不要|需不需要|应不应该|该不该|是否|能否|可否|有无|有冇"),
    (Other, "什么样的|什么样|是什么|什么|甚么|是啥|啥|哪一个|哪个|哪一|哪种|哪|何种|何者|何为|何"),
];

/// English question words, looked for as whole words at the beginning or anywhere.
const ENGLISH: &[(Kind, &str)] = &[
    (
        Number,
        "how many|how much|how long|how far|how big|how large|how high|how old|how fast|what number|number of|amount of|what percentage|what share",
    ),
    (Definition, "what does|what is meant by|meaning of|stands for|stand for|definition of|define"),
    (Date, "when|what date|which date|what year|which year|what day|which day|on what date|in what year|date of"),
    (List, "list|what are|which are|name the|what kinds of|which ones"),
    (Person, "who|whom|whose"),
    (Place, "where|what place|which place|what city|which city|which village|what country|which country"),
    (Reason, "why|for what reason|what was the point|how come"),
    (Manner, "how"),
    (YesNo, "is it|is there|are there|does|do|did|has|have|can|could|will|are|is|was|were"),
    (Other, "what|which"),
];

/// Courtesy and talk about asking: cut, but it tells nothing.
const COURTESY: &str = "请问一下|请问|麻烦问一下|麻烦|劳驾|你好|您好|谢谢|多谢|谢了|不好意思|打扰了|打扰一下|想问一下|想问问|想问|问一下|\
    问问|我想知道|就想知道|想知道|我想了解|想了解|了解一下|请教一下|请教|告诉我|请告诉我|帮我查查|帮我查一下|帮我查|帮我|给我|我想咨询一下|\
    我想咨询|想咨询一下|想咨询|咨询一下|说说|讲讲|说一下|讲一下|介绍一下|请介绍|请列出|请说明|请|能告诉我|能不能告诉我|可以告诉我|原话|原文|\
    文章里|文章中|文章|文中|本文|这篇文章|这篇报道|这篇稿子|这份文件|这份报告|这份材料|报道里|报道中|稿子里|文件里|文件中|材料里|材料中|到底|\
    究竟|一下|我想问一下|我想问下|我想问|想问下|麻烦问下|请问下|我想请问|请教下|打听一下|打听下|我想打听一下|我想打听|帮忙查一下|帮忙查下|\
    求告知|求解答|求解释|求原文|在线等|有谁知道|有人知道|帮我查下|帮我看看|跟我说说|说一说|讲一讲|咱们|咱";

/// What a clause begins with that tells where a question comes from.
const HEARSAY: &str = "听说|老听说|常听说|总听说|我听说|听人说|老听人说|常听人说|总听人说|我听人说|听别人说|听人讲|老听人讲|听人家说|人家说|\
    有人说|大家都说|网上说|网上有人说|新闻里说|新闻上说|新闻说";

/// So many characters at most name who asks: 我妈问我, 老外同事问我.
const ASKER: usize = 6;

/// What may follow 我 and belongs to it: 问我国有多少.
const BEHIND_ME: &str = "国们的省市县区校方家";

/// What may follow 下 and belongs to it: 想问下一步 asks about the next step.
const BEHIND_DOWN: &str = "一列面周个半级属次月";

/// Words that fill a pause, where they stand alone between marks or at an end; inside a clause they may mean something.
const PAUSES: &str = "那个啥|那什么|那个|这个|额";

/// Sounds that fill a pause anywhere, but for words that begin with them (呃逆).
const HUMS: &str = "呃嗯";

/// What ends a clause in speech and adds nothing; 未来着力 has other words.
const TRAILING: &str = "来着";

/// Particles that end a clause.
const PARTICLES: &str = "吗呢吧啊呀嘛么哈呗哦啦咧";

/// Cuts question words and courtesy out of a folded question; a question of nothing else stays as it is.
pub(super) fn cut(chars: &[char]) -> Cut {
    let mut content = chars.to_vec();
    let mut kind = None;
    let mut at = 0;
    while at < chars.len() {
        let asked = ASKING
            .iter()
            .filter_map(|(kind, words)| Some((words.longest(&chars[at..])?, Some(*kind))))
            .chain(spoken(chars, at).map(|length| (length, None)))
            .max_by_key(|(length, kind)| (*length, kind.is_some()));
        match asked {
            Some((length, asks)) => {
                content[at..at + length].fill(' ');
                kind = kind.or(asks.filter(|asks| *asks != Other));
                at += length;
            }
            None => {
                if is_final_particle(chars, at) {
                    content[at] = ' ';
                    kind = kind.or((chars[at] == '吗').then_some(YesNo));
                }
                at += 1;
            }
        }
    }
    if !content.iter().any(|c| c.is_alphanumeric()) {
        content = chars.to_vec();
    }
    Cut { content, kind: kind.or_else(|| english(chars)).unwrap_or(Other) }
}

/// Words that are looked for at every place of a text, by their first character.
struct Words(FxHashMap<char, Vec<Vec<char>>>);

impl Words {
    /// Reads words with `|` between them.
    fn read(words: &str) -> Words {
        let mut table: FxHashMap<char, Vec<Vec<char>>> = FxHashMap::default();
        for word in words.split('|').map(|word| word.chars().collect::<Vec<char>>()) {
            table.entry(word[0]).or_default().push(word);
        }
        Words(table)
    }

    /// The length of the longest of them that a text begins with.
    fn longest(&self, chars: &[char]) -> Option<usize> {
        let words = self.0.get(chars.first()?)?;
        words.iter().filter(|word| chars.starts_with(word)).map(Vec::len).max()
    }
}

static ASKING: LazyLock<Vec<(Kind, Words)>> =
    LazyLock::new(|| QUESTION_WORDS.iter().map(|(kind, words)| (*kind, Words::read(words))).collect());
/// What is cut at any place, between marks or at an end, before such, and at the beginning of a clause.
static SPOKEN: LazyLock<[Words; 4]> = LazyLock::new(|| [COURTESY, PAUSES, TRAILING, HEARSAY].map(Words::read));

/// The length of the courtesy or noise of speech at a place.
fn spoken(chars: &[char], at: usize) -> Option<usize> {
    let rest = &chars[at..];
    let ends = |length: usize| {
        rest.get(length).is_none_or(|next| !next.is_alphanumeric()) || is_final_particle(chars, at + length)
    };
    let begins = at == 0 || !chars[at - 1].is_alphanumeric();
    let word = |length: usize| rest.iter().take(length).collect::<String>();
    let hum = HUMS.contains(rest[0]) && (rest.len() < 2 || !is_dictionary_word(&word(2)));
    let [courtesy, pauses, trailing, hearsay] = &*SPOKEN;
    let courtesy = courtesy.longest(rest).map(|length| length - usize::from(takes_down(rest, length)));
    let pause = pauses.longest(rest).filter(|length| begins && ends(*length));
    let trailing = trailing.longest(rest).filter(|length| ends(*length));
    let idiom = rest.len() >= 4 && is_dictionary_word(&word(4));
    let hearsay = hearsay.longest(rest).max(asked_by(rest)).filter(|_| begins && !idiom);
    courtesy.max(pause).max(trailing).max(hum.then_some(1)).max(hearsay)
}

/// The length of somebody 问我 where more follows.
fn asked_by(chars: &[char]) -> Option<usize> {
    let clause = chars.iter().take(ASKER + 2).take_while(|c| c.is_alphanumeric()).count();
    let asks = (1..clause.saturating_sub(1)).find(|at| chars[*at..].starts_with(&['问', '我']))?;
    chars.get(asks + 2).is_some_and(|next| !BEHIND_ME.contains(*next)).then_some(asks + 2)
}

/// Where several English words that ask stand in a folded text: stands for, how many.
pub(super) fn english_phrases(chars: &[char]) -> Vec<Range<usize>> {
    let letter = |at: usize| chars.get(at).is_some_and(char::is_ascii_alphanumeric);
    let phrases = ENGLISH.iter().flat_map(|(_, words)| words.split('|')).filter(|phrase| phrase.contains(' '));
    let mut found = Vec::new();
    for phrase in phrases.map(|phrase| phrase.chars().collect::<Vec<char>>()) {
        for from in (0..chars.len()).filter(|from| chars[*from..].starts_with(&phrase)) {
            let to = from + phrase.len();
            if !letter(to) && (from == 0 || !letter(from - 1)) {
                found.push(from..to);
            }
        }
    }
    found
}

/// Whether courtesy of so many characters ends with a 下 that belongs to the word behind it.
fn takes_down(chars: &[char], length: usize) -> bool {
    let courtesy = &chars[..length];
    courtesy.ends_with(&['下'])
        && !courtesy.ends_with(&['一', '下'])
        && chars.get(length).is_some_and(|next| BEHIND_DOWN.contains(*next))
}

fn is_final_particle(chars: &[char], at: usize) -> bool {
    PARTICLES.contains(chars[at])
        && chars.get(at + 1).is_none_or(|next| !next.is_alphanumeric() || PARTICLES.contains(*next))
}

/// The kind that the English words of a question ask for.
fn english(chars: &[char]) -> Option<Kind> {
    let text: String = chars.iter().map(|c| if c.is_ascii_alphanumeric() { *c } else { ' ' }).collect();
    let text = format!(" {} ", text.split_whitespace().collect::<Vec<_>>().join(" "));
    let found = ENGLISH.iter().filter_map(|(kind, words)| {
        let places = words.split('|').filter_map(|word| text.find(&format!(" {word} ")));
        places.min().map(|place| (place, *kind))
    });
    found.min_by_key(|(place, _)| *place).map(|(_, kind)| kind).filter(|kind| *kind != Other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[track_caller]
    fn check(question: &str, content: &str, kind: Kind) {
        let cut = cut(&fold(question).chars);
        let words: String = cut.content.iter().collect();
        assert_eq!(words.split_whitespace().collect::<Vec<_>>().join(" "), content, "{question}");
        assert_eq!(cut.kind, kind, "{question}");
    }

    #[test]
    fn question_words_tell_the_kind() {
        check("25311是什么意思？", "25311 ?", Definition);
        check("请问今年计划多少个项目呢", "今年计划 个项目", Number);
        check("第九縱隊是何時成立的？", "第九纵队是 成立的?", Date);
        check("司令员是谁", "司令员", Person);
        check("大沙河在哪里？", "大沙河 ?", Place);
        check("近两个月来考察的企业有哪些？", "近两个月来考察的企业 ?", List);
        check("项目都开工了吗？", "项目都开工了 ?", YesNo);
        check("吃什么", "吃", Other);
        check("为什么", "为什么", Reason);
        check("how many projects are planned", "how many projects are planned", Number);
        check("Who commanded the column?", "who commanded the column?", Person);
    }

    #[test]
    fn the_noise_of_speech_is_cut() {
        check("呃，那个，我想问一下咱们高新区有几所高中来着", ", , 高新区有 所高中", Number);
        check("嗯帮我查下大沙河在哪里来着呢", "大沙河", Place);
        check("额，我想问下一步工作有哪些", ", 下一步工作", List);
    }

    #[test]
    fn where_a_question_comes_from_is_cut() {
        check("老听人说982，这是个啥东西", "982,这", Definition);
        check("老外同事问我25311是什么意思", "25311", Definition);
        check("孩子问我，河边要建什么", ",河边要建", Other);
        check("听说过大沙河吗", "过大沙河", YesNo);
        check("听说读写能力怎么提高", "听说读写能力 提高", Manner);
        check("他问我国有多少个高新区", "他问我国有 个高新区", Number);
    }

    #[test]
    fn english_phrases_that_ask_are_found() {
        let found = |text: &str| english_phrases(&fold(text).chars);
        assert_eq!(found("25311 stands for 啥"), vec![6..16]);
        assert!(found("how manys 项目").is_empty());
    }

    #[test]
    fn words_that_look_like_noise_stay() {
        check("未来着力抓什么", "未来着力抓", Other);
        check("投资额是多少", "投资额是", Number);
        check("那个项目投资额多少", "那个项目投资额", Number);
        check("呃逆怎么治", "呃逆 治", Manner);
    }
}
