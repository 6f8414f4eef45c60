//! What a question asks for and a text plainly lacks, whatever words they share: the things of which only the number is told, the
//! year where the text has another one, the old hall where it has the new one. Few right answers have such a gap (docs/quality.md).
//! All patterns read folded text.

use std::sync::LazyLock;

use regex::Regex;

use super::expected::Expected;
use crate::text::{Numeral, numerals, people};

/// What is asked for in a certain way, and what a text has that tells it.
struct Demand {
    asked: LazyLock<Regex>,
    told: LazyLock<Regex>,
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of this file are valid; a test compiles them")
}

static PLACE: Demand = Demand {
    asked: LazyLock::new(|| {
        pattern(concat!(
            r"哪里(?:[^被是]|$)|哪儿|何地|何处|什么地[方点]|啥地方|地[点址]|在哪(?:$|[里儿个块边开办举召下报买领交拿看建修挖,?])|哪条[路街]|哪个(?:会议室|地方)|",
            r"\bwhere\b|\baddress\b"
        ))
    }),
    told: LazyLock::new(|| {
        pattern(concat!(
            r"位于|地处|坐落|设[在于]|位在|落户|选址|地址|窗口|大厅|[东南西北][部侧]|之[东南西北]|[路街巷道][0-9]+号|[0-9]号楼|[内里旁]的?[^,。;]{2,10}处|",
            r"[在于][^,。;]{2,24}(?:召开|举行|举办|开展|开幕|成立|签|奠基|建|办理|领取|报名|开工|出土|发现|诞生|出生|展|创|设)|",
            r"[到赴抵][^,。;]{2,14}(?:考察|学习|参观|交流|调研)|从[^,。;]{2,10}到"
        ))
    }),
};
static MONEY: Demand = Demand {
    asked: LazyLock::new(|| {
        pattern(
            r"收费|要钱|收钱|多少钱|票价|门票|价格|价钱|租金|工资|薪|学费|费用|\bfee\b|\bprice\b|\bcost\b|\bsalary\b|\brent\b",
        )
    }),
    told: LazyLock::new(|| {
        pattern(r"[0-9一二三四五六七八九十百千万亿][多余]?个?(?:元|圆|块|角|美元|欧元)|免费|免收|无偿|不收|免[除交缴]")
    }),
};
static WAY: Demand = Demand {
    asked: LazyLock::new(|| {
        pattern(concat!(
            r"(?:怎么|怎样|如何|咋|在哪|去哪|哪个窗口)[^,。?]{0,4}(?:报名|申请|申报|办|预约|预订|下载|缴|交|查|投诉|领|应聘|参加|购|买|加入|联系)|",
            r"(?:什么|哪些|啥)(?:材料|手续|证件|条件)|\bhow (?:do|can|to)\b"
        ))
    }),
    told: LazyLock::new(|| {
        pattern(concat!(
            r"通过|凭|持|登录|网上|窗口|app|小程序|公众号|拨打|携带|提交|填写|现场|预约|材料|手续|证明|复印件|条件|应当|提出|向[^,。]{2,12}申请|",
            r"到[^,。]{2,14}(?:办|领|交|报|申)|[1一][是.、)]"
        ))
    }),
};

/// Who is asked for by name.
static ASKS_WHO: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"是谁|谁是|叫什么名|姓名|姓什么|哪一?位|什么人|何人|\bwho\b"));
/// How the things themselves are asked for.
static ASKS_WHICH: LazyLock<Regex> = LazyLock::new(|| {
    pattern("哪|是什么|是啥|叫什么|叫啥|什么名|名字|名单|清单|名录|分别|列[出举]|[都是有]+[谁啥什]|内容")
});
/// What leads from a number to the things that it counts.
static INTRODUCES: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^随立当])即|[:\n]|——|分别[是为有]|包括|一是|\(一\)|为\x22"));
static PERIOD: LazyLock<Regex> =
    LazyLock::new(|| pattern("(?:1[0-9]|20)[0-9]{2}年?|十[一二三四五]五|[一二三四]季度|[上下]半年"));
static IN_ORDER: LazyLock<Regex> =
    LazyLock::new(|| pattern("第[0-9一二三四五六七八九十]+[\u{3400}-\u{9fff}]|[0-9一二三四五六七八九十]+(?:期|号线)"));

/// What a number counts: a measure word, and no time (两个月, 3个工作日).
const MEASURE_WORDS: &str = "个大项条种类点件级家所座名位处张部支方场";
/// The most things that are asked for one by one.
const MOST: u32 = 1000;
/// In so many characters before a number, and behind it, the things that it counts are looked for.
const BEFORE: usize = 25;
const BEHIND: usize = 90;

/// Words of which each rules out the others; where the last column stands, it is all of them.
const CONTRASTS: [(&[&str], &str); 13] = [
    (&["进口", "出口"], "进出口"),
    (&["最高", "最低"], ""),
    (&["最多", "最少"], ""),
    (&["最大", "最小"], ""),
    (&["城镇", "农村", "农民"], "城乡"),
    (&["去年", "今年", "明年", "前年"], ""),
    (&["上半年", "下半年", "全年"], ""),
    (&["上年", "当年"], ""),
    (&["国家级", "省级", "市级", "县级"], ""),
    (&["小学", "初中", "高中", "大学", "幼儿园"], ""),
    (&["第一产业", "第二产业", "第三产业"], ""),
    (&["农业", "工业", "服务业"], ""),
    (&["书记", "市长", "县长", "镇长", "区长", "主任", "局长"], ""),
];
/// Characters that rule out each other before the same word: the old hall, the new hall.
const SIBLINGS: [&str; 6] = ["新老旧", "东西南北", "男女", "上下", "前后", "大中小"];

/// What a folded question asks for, made ready for looking at texts.
pub(super) struct Wanted<'q> {
    question: &'q str,
    expected: &'q Expected,
    demands: Vec<&'static Demand>,
    /// Whether someone is asked for by name.
    person: bool,
    /// Of how many things the names are asked for.
    numbers: Vec<String>,
}

impl<'q> Wanted<'q> {
    pub(super) fn new(question: &'q str, expected: &'q Expected) -> Wanted<'q> {
        let demands: [&'static Demand; 3] = [&PLACE, &MONEY, &WAY];
        let chars: Vec<char> = question.chars().collect();
        let numbers = numerals(&chars).into_iter().filter(|numeral| counts_things(&chars, numeral));
        let numbers = numbers.map(|numeral| numeral.value).collect();
        Wanted {
            question,
            expected,
            demands: demands.into_iter().filter(|demand| demand.asked.is_match(question)).collect(),
            person: ASKS_WHO.is_match(question),
            numbers: if ASKS_WHICH.is_match(question) { numbers } else { Vec::new() },
        }
    }

    /// How much of it a folded text plainly lacks: the number of gaps.
    pub(super) fn gaps(&self, text: &str) -> usize {
        let demands = self.demands.iter().filter(|demand| !demand.told.is_match(text)).count();
        let others = [
            self.expected.lacks_measure(text),
            self.person && !text.contains('·') && people(text).is_empty(),
            self.lacks_list(text),
            is_of_another_period(self.question, text),
            is_another_of_a_series(self.question, text),
            contrasts(self.question, text),
        ];
        demands + others.into_iter().filter(|gap| *gap).count()
    }

    /// Whether things are asked for whose number the question says, and the text has their number alone.
    fn lacks_list(&self, text: &str) -> bool {
        if self.numbers.is_empty() {
            return false;
        }
        let chars: Vec<char> = text.chars().collect();
        let told = numerals(&chars).into_iter().filter(|told| self.numbers.contains(&told.value));
        let mut told = told.peekable();
        told.peek().is_some() && !told.any(|told| is_listed(&chars, &told))
    }
}

fn counts_things(question: &[char], numeral: &Numeral) -> bool {
    let several = numeral.value.parse::<u32>().is_ok_and(|value| (2..=MOST).contains(&value));
    let behind: String = question[numeral.to..].iter().take(4).collect();
    let is_time = ["个月", "个小时", "个星期", "个工作日"].iter().any(|time| behind.starts_with(time));
    let ordinal = numeral.from > 0 && question[numeral.from - 1] == '第';
    several && !ordinal && !is_time && behind.starts_with(|c| MEASURE_WORDS.contains(c))
}

/// Whether the things that a numeral counts stand beside it: “A、B和C等3家”, “3家,即A、B和C”.
fn is_listed(text: &[char], told: &Numeral) -> bool {
    let sentence = text[..told.from].iter().rposition(|c| "。!?\n".contains(*c)).map_or(0, |at| at + 1);
    let before = &text[sentence.max(told.from.saturating_sub(BEFORE))..told.from];
    // Right behind the mark of enumeration stands the next number, not what it counts.
    let enumerated = before.iter().rposition(|c| *c == '、').is_some_and(|at| at + 1 < before.len());
    let named = before.iter().filter(|c| **c == '"').count() > 3;
    let behind: String = text[told.to..].iter().take(BEHIND).take_while(|c| **c != '。').collect();
    enumerated || named || INTRODUCES.is_match(&behind)
}

/// Whether a year, quarter or half is asked for, and the text has others alone.
fn is_of_another_period(question: &str, text: &str) -> bool {
    let mut asked = PERIOD.find_iter(question).map(|found| found.as_str().trim_end_matches('年'));
    asked.any(|asked| !text.contains(asked)) && PERIOD.is_match(text)
}

/// Whether one of a series is asked for, and the text has others of it alone.
fn is_another_of_a_series(question: &str, text: &str) -> bool {
    IN_ORDER.find_iter(question).any(|asked| {
        let unit = asked.as_str().chars().last();
        !text.contains(asked.as_str()) && IN_ORDER.find_iter(text).any(|other| other.as_str().chars().last() == unit)
    })
}

/// Whether the text has what rules out a word of the question, and not the word.
fn contrasts(question: &str, text: &str) -> bool {
    let words = CONTRASTS.iter().filter(|(_, all)| all.is_empty() || !text.contains(all)).any(|(group, _)| {
        let mut asked = group.iter().filter(|word| question.contains(**word)).peekable();
        asked.peek().is_some() && asked.all(|word| !text.contains(word)) && group.iter().any(|word| text.contains(word))
    });
    let chars: Vec<char> = question.chars().collect();
    words
        || chars.windows(2).filter(|pair| !text.contains(pair[0])).any(|pair| {
            let siblings = SIBLINGS.iter().filter(|group| group.contains(pair[0])).flat_map(|group| group.chars());
            siblings.filter(|c| *c != pair[0]).any(|c| text.contains(&String::from_iter([c, pair[1]])))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[track_caller]
    fn check(question: &str, text: &str, expected: usize) {
        let question = fold(question).text();
        let wanted = Expected::new(&question);
        assert_eq!(Wanted::new(&question, &wanted).gaps(&fold(text).text()), expected, "{question} {text}");
    }

    #[test]
    fn things_are_asked_for_and_only_their_number_is_told() {
        check("签约的11个项目有哪些？", "会上11个项目签约，总金额43亿元。", 1);
        check("十一个签约项目的名单", "会上11个项目签约，总金额43亿元。", 1);
        check("5家公司叫什么？", "引进甲、乙等5家公司。", 0);
        check("三大任务是什么？", "围绕三大任务，即治水、治气、治土。", 0);
        check("14个市里的项目是哪几个？", "7个省里的项目、14个市里的项目进展顺利。", 1);
        check("43个工业项目有哪些？", "抓好43个工业项目。", 1);
        check("近两个月来了哪些企业？", "近两个月，甲公司到访。", 0);
    }

    #[test]
    fn another_year_or_another_of_a_series_is_no_answer() {
        check("2021年的收入是多少亿元？", "2020年收入36亿元。", 1);
        check("2021年的收入是多少亿元？", "2020年收入36亿元，2021年40亿元。", 0);
        check("第二批项目有多少？", "第一批项目27个。", 1);
        check("一期用地多少亩？", "二期用地2800亩。", 1);
    }

    #[test]
    fn a_place_that_something_is_said_of_may_be_any_name() {
        check("开幕式在哪里举行？", "开幕式上表彰了12人。", 1);
        check("哪里被视为新城的中心？", "银河湖被视为新城的中心。", 0);
        check("哪里是新城的中心？", "新城的中心是银河湖。", 0);
    }

    #[test]
    fn the_other_one_of_a_pair_is_no_answer() {
        check("老馆有多少平方米？", "新馆3万平方米。", 1);
        check("老小区改造了多少个？", "改造老旧小区26个。", 0);
        check("农村低保每月多少元？", "城镇低保每月720元。", 1);
        check("农村低保每月多少元？", "城乡低保每月分别为720元和560元。", 0);
        check("出口额多少亿元？", "进出口总额48亿元。", 0);
    }

    #[test]
    fn a_place_a_person_money_or_a_way_is_missed() {
        check("推进会在哪里开的？", "3月28日召开项目推进会。", 1);
        check("推进会在哪里开的？", "推进会在市民中心召开。", 0);
        check("会议在哪一天召开？", "4月9日召开会议。", 0);
        check("市长是谁？", "市长热线全天开通。", 1);
        check("红茶卖多少钱一斤？", "茶园面积达到8.3万亩。", 1);
        check("志愿者怎么报名？", "招募志愿者50名。", 1);
        check("馆长今年多大年龄？", "馆长介绍了展览。", 1);
    }
}
