//! What an answer looks like: who asks for a price expects money, who asks since when a date. Finds the stretches of a sentence
//! that could be the answer: they have the shape that was asked for, and the question does not have them itself.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::terms::Term;
use crate::text::people;

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of this file are valid; a test compiles them")
}

/// How far from a candidate the words of the question still speak for it, in bytes: some twenty ideographs.
const NEAR: usize = 60;

const NUMERAL: &str =
    r"(?:[0-9][0-9.,]*|[〇零一二三四五六七八九十百千万亿两半数]+)(?:余|多|来)?(?:个)?(?:百|千|万|亿)*(?:余|多|来)?";

/// Shapes: how each is asked for, and what it looks like; `#` stands for a numeral.
const SHAPES: [(&str, &str); 17] = [
    (r"多大年[纪龄]|几岁|多少岁|年龄|岁数|年纪|\bhow old\b|\bage\b", r"#周?岁|生于|出生"),
    (
        r"几点|几时|[开关]门|[上下]班|开放时间|营业时间|\bwhat time\b|\b(?:opening|closing|office) hours\b|\bopen\b|\bclose\b",
        r"[0-9]{1,2}[:点时]|#[点时]|上午|下午|24小时|全天",
    ),
    (
        concat!(
            r"多少(?:个?[万亿])?元|多少钱|几块|票价|价格|价钱|售价|花费|花了多少|工资|薪|罚款|学费|租金|房租|押金|利润|",
            r"(?:投资|支出|收入|产值|资金|费用?|经费|补贴|补助|税收?|预算|造价|金额|贷款|债务?|销售额?)[^,。?]{0,8}(?:多少|几|多大)(?:$|元|钱|个?[万亿]|[呀啊呢吗了,。?])|",
            r"(?:多少|几)[^,。?]{0,4}(?:投资|支出|收入|产值|资金|经费|补贴|税)|\bcosts?\b|\bprice\b|\bfee\b|\bsalary\b|\b(?:invest|spen)[a-z]*\b|\bhow much money\b|\brevenue\b"
        ),
        r"#(?:美|欧|日|港|新台)?(?:元|圆|块|镑|法郎|美金|卢比|马克|两)|免费|无偿|[0-9][万亿]|[$€£¥]",
    ),
    (
        r"百分|比例|占比|比重|增[长速幅]|涨幅|降幅|几成|[比同]?率(?:是|为|有)?多少|涨了|占了?多少|\bpercent|\brate\b|\bshare\b|\bproportion\b",
        r"[0-9.]+%|百分之|#成|#倍|分之|翻番|翻一番",
    ),
    (r"面积|占地|多大(?:$|[^年岁])|\barea\b|\bhow (?:big|large)\b", r"#(?:平方|公顷|亩|英亩|顷|平米|㎡|km)"),
    (
        r"多[长远高深宽厚](?:$|[^时期])|[长高宽深]度|里程|海拔|距离|\bhow (?:long|far|tall|high|deep|wide)\b|\b(?:length|height|distance|altitude)\b",
        r"#(?:公里|千米|米|公尺|里|厘米|毫米|英里|英尺|英寸|海里|尺|丈|km|层)",
    ),
    (r"多重|重量|\bhow heavy\b|\bweight\b", r"#(?:吨|公斤|千克|克|斤|磅|kg)"),
    (
        r"多久|多长时间|几天|几年|多少年|多少天|几个月|几个?小时|几分钟|期限|时长|历时|为期|几个?工作日|\bhow (?:long|many (?:years|days|months|hours|weeks|minutes))\b",
        r"#个?(?:年|月|天|日|小时|分钟|分|秒|周|星期|工作日|世纪|学年|季)",
    ),
    (
        r"多少(?:个|名|位|口)?人|几个?人|人数|人口|几[位名]|多少[位名户]|\bhow many (?:people|persons|students|workers|employees|inhabitants)\b|\bpopulation\b",
        r"#(?:人|名|位|户|口)",
    ),
    (r"第几|排名|名次|排第|几等奖|\brank", r"第#|#(?:位|名)|首位|第一|冠军|前#"),
    (
        r"何时|什么时[候间]|啥时|甚么时|哪一?[年天日]|几[月号]|日期|何年|何月|何日|哪一?个?(?:年代|世纪|朝代|月)|年份|时间是|多会儿|\bwhen\b|\b(?:what|which|on what|in what) (?:year|day|month|date|century|decade)\b|\bdate\b",
        r"[0-9〇零一二三四五六七八九十]{1,4}(?:年|月|日|世纪|号|年代)|公元|[明清宋唐元汉]朝|年间|时期|季度|星期[一二三四五六日]|周[一二三四五六日]",
    ),
    (r"电话|号码|热线|手机号|\bphone\b|\btelephone\b|\bhotline\b", r"[0-9][0-9-]{3,}"),
    (r"网址|官网|邮箱|网站|\bwebsite\b|\bemail\b", r"www\.|http|@|\.(?:com|cn|org|gov)"),
    (
        r"哪里|哪儿|何地|何处|什么地[方点]|啥地方|地[点址]|在哪|哪一?个?(?:国|城|省|州|县|市|村|区|岛|洲|镇)|什么(?:国家|城市|地区)|哪条[路街]|\bwhere\b|\b(?:what|which) (?:city|country|place|village|town|state|part|area|location|region|river|continent)\b",
        r"[\u{3400}-\u{9fff}](?:省|市|县|区|州|国|岛|镇|村|乡|城|洲|港|街|路|巷|河|江|湖|海|山|大学|大厦|广场|地区|[东南西北]部)|位于|地处|坐落|[0-9]号",
    ),
    (
        r"哪[一]?[家所]|哪个(?:公司|企业|部门|单位|机构|组织|大学|学校|医院|银行|机关|政府|党|团体|球队)|什么(?:公司|企业|部门|单位|机构|组织|大学|学校)|归谁|\b(?:what|which) (?:company|organi[sz]ation|department|agency|university|school|bank|team|party|group)\b",
        r"[\u{3400}-\u{9fff}](?:公司|集团|局|部|委|委员会|大学|学院|学校|中学|小学|银行|医院|协会|中心|政府|机关|院|所|处|厅|会|党|队|军|社|厂|店|办公室|机构)",
    ),
    (
        r"哪些|哪几|分别|列[出举]|都有[什啥谁]|有什么|包括什么|名单|\bwhich (?:are|ones|companies)\b|\bwhat are\b|\blist\b|\bname the\b",
        r"[^、,。;:]{2,}、[^、,。;:]{2,}|:[^。]*;|[;:]二是|\([一二]\)|包括|分别[是为]|[^随立当]即",
    ),
    (r"多少|几[^乎何]|多[大重快少]|数量|\bhow (?:many|much)\b|\bnumber of\b", r"#"),
];
/// The last shape is any figure: it stands in only where no other shape was asked for, or with the unit that was.
const FIGURE: usize = SHAPES.len() - 1;

/// The first shapes are of measures: figures with a unit, dates, numbers by which one calls.
const MEASURES: usize = 13;
/// A question for a person; names are found by the segmenter.
const WHO: &str = r"谁|何人|哪一?位|什么人|啥人|哪个人|叫什么名|叫啥|姓名|负责人是|\bwho(?:se|m)?\b|\bname of\b";
/// What stands for a person beside a name.
const ROLES: &str = r"由[^,。;]{2,14}(?:负责|主持|组织|承担|督办|主管|管理|实施|办理|指挥|创办|创立|设计|执导)|[\u{3400}-\u{9fff}a-z]·[\u{3400}-\u{9fff}a-z]|(?:部门|机关|机构|单位|主任|局长|公司|政府|委员会|中心)";

static COMPILED: LazyLock<Vec<(Regex, Regex)>> = LazyLock::new(|| {
    let compile = |(asks, looks): &(&str, &str)| (pattern(asks), pattern(&looks.replace('#', NUMERAL)));
    SHAPES.iter().map(compile).collect()
});
static ASKS_WHO: LazyLock<Regex> = LazyLock::new(|| pattern(WHO));
static IS_WHO: LazyLock<Regex> = LazyLock::new(|| pattern(ROLES));
/// A question for a measure, whatever else it has in common with one.
static ASKS_MEASURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"多少|几[^乎何]|多[大长高远久重宽深厚快]|第几|百分之|什么时[候间]|啥时候|何时|哪一?[年天日月]|几点|电话|号码|网址|邮箱|面积|价格|年龄|岁数|",
        r"\bhow (?:much|old|long|far|tall|big|large|heavy)\b|\bwhen\b|\bphone\b|\bcost\b|\bprice\b"
    ))
});
static UNIT: LazyLock<Regex> = LazyLock::new(|| pattern("(?:多少|几)(?:个|名|位)?([\u{3400}-\u{9fff}])"));
static HEAD: LazyLock<Regex> =
    LazyLock::new(|| pattern("(?:哪一?[个种位座部项类家所支条款届场本首]?|什么|何种?|啥)([\u{3400}-\u{9fff}]{1,3})"));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9]+(?:[.,][0-9]+)*"));

/// What a question expects.
pub(super) struct Expected {
    question: String,
    shapes: Vec<usize>,
    who: bool,
    /// A figure with the unit that was asked for.
    unit: Option<Regex>,
    /// The noun behind 哪 or 什么, with something new before it.
    head: Option<Regex>,
}

impl Expected {
    pub(super) fn new(question: &str) -> Expected {
        let mut shapes: Vec<usize> = (0..SHAPES.len()).filter(|at| COMPILED[*at].0.is_match(question)).collect();
        let unit = UNIT.captures(question).filter(|found| !"的了是在于啊呀钱大个".contains(&found[1]));
        let unit = unit.map(|found| pattern(&format!("{NUMERAL}{}", regex::escape(&found[1]))));
        if shapes.len() > 1 || unit.is_some() {
            shapes.retain(|at| *at != FIGURE);
        }
        let head =
            HEAD.captures(question).map(|found| found[1].trim_end_matches(['的', '是', '在', '了', '有']).to_owned());
        let head = head
            .filter(|head| !head.is_empty() && !"时候|时间|地方|意思|人|样|情况".split('|').any(|word| word == head));
        let head = head.map(|head| pattern(&format!("[\u{3400}-\u{9fff}a-z0-9\"》]{{2}}{}", regex::escape(&head))));
        Expected { question: question.to_owned(), shapes, who: ASKS_WHO.is_match(question), unit, head }
    }

    /// Whether the question tells what its answer looks like.
    pub(super) fn is_known(&self) -> bool {
        self.who || !self.shapes.is_empty() || self.unit.is_some() || self.head.is_some()
    }

    /// The stretches of a folded sentence that could be the answer, as byte ranges.
    pub(super) fn candidates(&self, sentence: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        let patterns = self.shapes.iter().map(|at| &COMPILED[*at].1).chain(&self.unit).chain(&self.head);
        for pattern in patterns {
            found.extend(pattern.find_iter(sentence).map(|found| found.range()));
        }
        if self.who {
            found.extend(people(sentence));
            found.extend(IS_WHO.find_iter(sentence).map(|found| found.range()));
        }
        found.retain(|range| self.is_new(&sentence[range.clone()]));
        found
    }

    /// Whether a measure is asked for, and a folded text has none of its kind.
    pub(super) fn lacks_measure(&self, text: &str) -> bool {
        if self.who || !ASKS_MEASURE.is_match(&self.question) {
            return false;
        }
        let mut measures = self.shapes.iter().filter(|at| **at < MEASURES).peekable();
        let has = |at: &usize| COMPILED[*at].1.find_iter(text).any(|found| self.is_new(found.as_str()));
        measures.peek().is_some() && !measures.any(has)
    }

    /// Whether the question does not say it already: its figures, or else its words.
    fn is_new(&self, text: &str) -> bool {
        let mut digits = DIGITS.find_iter(text).peekable();
        if digits.peek().is_some() {
            return digits.any(|found| !self.question.contains(found.as_str()));
        }
        !self.question.contains(text)
    }
}

/// How much of a question stands around something that could be its answer, 0..1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Support {
    /// Whether there is anything that could be.
    pub(super) found: bool,
    /// The share of the question near the best candidate.
    pub(super) near: f32,
    /// The same, each term counted by how near it stands to the question word.
    pub(super) focus: f32,
}

/// The best support that a folded sentence gives: each term comes with its weight and its nearness to the question word.
pub(super) fn support(expected: &Expected, sentence: &str, terms: &[(&Term, f32, f32)]) -> Support {
    let candidates = expected.candidates(sentence);
    if candidates.is_empty() {
        return Support::default();
    }
    let places: Vec<Vec<(usize, usize, f32)>> = terms.iter().map(|(term, ..)| occurrences(sentence, term)).collect();
    let (all, all_focus) = terms.iter().fold((0.0, 0.0), |sum, term| (sum.0 + term.1, sum.1 + term.1 * term.2));
    let mut best = Support { found: true, ..Support::default() };
    for candidate in candidates {
        let (mut near, mut focus) = (0.0, 0.0);
        for ((_, weight, focused), places) in terms.iter().zip(&places) {
            let met = places
                .iter()
                .filter(|(start, end, _)| *end + NEAR >= candidate.start && *start <= candidate.end + NEAR)
                .map(|(.., met)| *met)
                .fold(0f32, f32::max);
            near += weight * met;
            focus += weight * focused * met;
        }
        best.near = best.near.max(if all > 0.0 { near / all } else { 0.0 });
        best.focus = best.focus.max(if all_focus > 0.0 { focus / all_focus } else { 0.0 });
    }
    best
}

/// Where a term stands in a folded text: byte offsets, and how far its text may stand for it.
fn occurrences(text: &str, term: &Term) -> Vec<(usize, usize, f32)> {
    let written = term.texts.iter().chain(&term.reworded).filter(|(needle, _)| !needle.starts_with('#'));
    written
        .flat_map(|(needle, weight)| {
            text.match_indices(needle.as_str()).map(move |(at, _)| (at, at + needle.len(), weight.min(1.0)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[track_caller]
    fn check(question: &str, sentence: &str, expected: bool) {
        let asked = Expected::new(&fold(question).text());
        assert!(asked.is_known(), "{question}");
        assert_eq!(!asked.candidates(&fold(sentence).text()).is_empty(), expected, "{question} {sentence}");
    }

    #[test]
    fn what_has_the_shape_could_be_the_answer() {
        check("门票多少钱？", "门票每张30元。", true);
        check("门票多少钱？", "公园于2020年建成。", false);
        check("园长多大年纪？", "园长负责管理30个展厅。", false);
        check("会议哪天召开？", "3月5日，会议召开。", true);
        check("会议哪天召开？", "会议在礼堂召开。", false);
        check("谁主持会议？", "会议由王小明主持。", true);
        check("谁主持会议？", "会议讨论了工作。", false);
        check("有多少棵树？", "种了500棵树。", true);
        check("去年教育支出多少？", "教育支出3.6亿元。", true);
        check("去年教育支出多少？", "教育支出增长3倍。", false);
        check("增长了百分之几？", "产值增长8.2%。", true);
        check("when was it built?", "1998年建成。", true);
    }

    #[test]
    fn what_the_question_says_itself_is_no_answer() {
        check("43个项目投资多少亿元？", "抓好43个项目。", false);
        check("3月5日是什么时候？", "3月5日。", false);
    }

    #[test]
    fn some_questions_leave_it_open() {
        assert!(!Expected::new("25311").is_known());
        assert!(!Expected::new("怎样办理").is_known());
    }
}
