//! Clues that a sentence holds the kind of thing that was asked for: a figure where a number was asked, a name where a person
//! was, and so on. All patterns read folded text.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::SURNAMES;

/// What may be asked for; a question may ask for several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Number,
    Date,
    Person,
    Place,
    Reason,
    Manner,
    List,
    Definition,
}

impl Asked {
    pub(super) const ALL: [Asked; 8] = [
        Asked::Number,
        Asked::Date,
        Asked::Person,
        Asked::Place,
        Asked::Reason,
        Asked::Manner,
        Asked::List,
        Asked::Definition,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Asked::Number => "number",
            Asked::Date => "date",
            Asked::Person => "person",
            Asked::Place => "place",
            Asked::Reason => "reason",
            Asked::Manner => "manner",
            Asked::List => "list",
            Asked::Definition => "definition",
        }
    }
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of this file are valid; a test compiles them")
}

const NUMERAL: &str = r"(?:[0-9][0-9.,]*%?|[〇零一二三四五六七八九十百千万亿两半数]+)";

/// How each kind is asked for.
static ASKS: LazyLock<[Regex; Asked::ALL.len()]> = LazyLock::new(|| {
    [
        r"多少|几[^乎何]|多[长大高远久重宽深厚快]|百分之|第几|比例|数量|\bhow (?:many|much|long|far|big|large|high|old|fast|tall|deep)\b|\bnumber of\b|\bwhat (?:percent|share|number|amount)|\brate\b",
        r"何时|什么时[候间]|啥时候|哪一?[年天日]|几[年月号日]|日期|时间|何年|哪一?个?(?:年|月|世纪|朝代)|年份|多久|\bwhen\b|\bdate\b|\b(?:what|which) (?:year|day|month|date|century)\b",
        r"谁|何人|哪一?位|什么人|啥人|哪个人|人物|名字|哪一?名|职务|\bwhos?e?\b|\bwhom\b|\bperson\b|\bname of\b",
        r"哪里|哪儿|何地|何处|什么地方|地点|哪一?个?(?:国|城|地|省|州|县|市|村|区|岛|洲|镇|大学|学校)|什么(?:国家|城市|地区)|方位|在哪|\bwhere\b|\b(?:what|which) (?:city|country|place|village|town|state|part|area|location)\b",
        r"为什么|为何|原因|为啥|因何|干嘛|图个?啥|缘故|理由|凭什么|\bwhy\b|\breason\b|\bpoint of\b|\bpurpose\b",
        r"如何|怎么|怎样|咋|方式|方法|举措|措施|\bhow (?:do|does|did|can|to|is|are|was|were)\b",
        r"哪些|哪几|哪[两二三四五六七八九十]|分别|列出|列举|各[是有自]|有什么|包括什么|名单|\bwhich (?:are|companies|ones|institutions|kinds)\b|\bwhat are\b|\blist\b|\bname the\b",
        r"什么是|是什么|是啥|意思|是指|指的是|含义|定义|何谓|什么叫|叫什么|称为|称作|被称|\bmean(?:s|ing|t)?\b|\bdefin|\bstands? for\b|\bwhat is\b",
    ]
    .map(pattern)
});

/// What shows that a sentence has it.
static SHOWS: LazyLock<[Regex; Asked::ALL.len()]> = LazyLock::new(|| {
    [
        format!(
            "{NUMERAL}余?多?(?:万|亿)?(?:个|名|位|人|种|次|年|月|日|天|岁|米|公里|千米|公尺|公顷|亩|平方|吨|公斤|元|美元|部|座|家|所|支|条|项|场|\
             首|张|集|本|级|层|届|倍|分|时|小时|英里|英尺|度|件|户|起|处)|[0-9]%|百分之"
        ),
        "[0-9〇零一二三四五六七八九十]{1,4}(?:年|月|日|世纪|号)|年代|世纪|公元|[春夏秋冬]季|初期|末期|时期|年间|之后|之前|第.天|季度".to_owned(),
        format!(
            "[\u{3400}-\u{9fff}]·[\u{3400}-\u{9fff}]|先生|女士|将军|总统|主席|教授|导演|国王|皇帝|博士|作家|演员|总理|部长|主任|书记|市长|队长|\
             院长|司令|之子|之女|学家|法定代表人|负责人|(?:^|[，。、；：由是和与及为\"《(,;:])[{SURNAMES}][\u{3400}-\u{9fff}]{{1,2}}"
        ),
        "位于|地处|位在|坐落|处于|[东南西北]部|之[东南西北]|省|市|县|区|州|国|岛|镇|村|城|洲|港|街|路|河|湖|海|大学".to_owned(),
        "因为|由于|因此|所以|为了|导致|使得|原因|因而|故|以便|从而|旨在|以免|造成|引起|基于|目的|确保|为".to_owned(),
        "通过|利用|采用|使用|方式|方法|将|把|先|再|然后|应当|可以|加快|推进|完善|开展|打造".to_owned(),
        "、|;|包括|分别|分为".to_owned(),
        "即|是指|是|指|称为|称作|又称|简称|意为|意思|叫|名为|属于|所称|——".to_owned(),
    ]
    .map(|text| pattern(&text))
});

/// The counter or unit behind 多少 and 几, and the noun behind 哪 and 什么.
static UNIT: LazyLock<Regex> = LazyLock::new(|| pattern("(?:多少|几|多)(?:个|名|位)?([\u{3400}-\u{9fff}]{1,2})"));
static HEAD: LazyLock<Regex> =
    LazyLock::new(|| pattern("(?:哪一?[个种位座部项类家所支条款]?|什么|何|啥)([\u{3400}-\u{9fff}]{1,3})"));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9]+(?:[.,][0-9]+)*%?"));
static PRONOUN: LazyLock<Regex> = LazyLock::new(|| pattern("^[他她它其该此这那]"));

/// What a question asks for, made ready for looking at sentences.
pub(super) struct Clues {
    asked: [bool; Asked::ALL.len()],
    /// Digits that the question has itself: finding them again answers nothing.
    digits: Vec<String>,
    unit: Option<(Regex, Option<Regex>)>,
    head: Vec<char>,
    /// What follows a subject that a definition explains.
    definition: Option<Regex>,
}

/// What a sentence shows of what was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shown {
    /// For each kind that was asked for, how much of it there is, 0..1; nothing where it was not asked for.
    pub(super) kinds: [f32; Asked::ALL.len()],
    /// A figure that the question does not have, where a number was asked for.
    pub(super) new_digits: f32,
    /// A figure with the unit that was asked for: 1 with its first character, 2 with all of it, -1 without.
    pub(super) unit: f32,
    /// Share of the characters of the noun behind the question word.
    pub(super) head: f32,
    /// The subject with 是, 即, 指 or the like right behind it.
    pub(super) defines: f32,
    /// The sentence begins with a pronoun.
    pub(super) pronoun: f32,
}

impl Clues {
    pub(super) fn new(question: &[char]) -> Clues {
        let text: String = question.iter().collect();
        let unit = UNIT.captures(&text).map(|found| {
            let unit: Vec<char> = found[1].chars().collect();
            let behind = |unit: &[char]| {
                pattern(&format!("{NUMERAL}[多余个名位]{{0,2}}{}", regex::escape(&unit.iter().collect::<String>())))
            };
            (behind(&unit[..1]), (unit.len() > 1).then(|| behind(&unit)))
        });
        let head = HEAD
            .captures(&text)
            .map(|found| found[1].chars().filter(|c| !"的了是在于而与和及其".contains(*c)).collect());
        Clues {
            asked: std::array::from_fn(|at| ASKS[at].is_match(&text)),
            digits: DIGITS.find_iter(&text).map(|found| found.as_str().to_owned()).collect(),
            unit,
            head: head.unwrap_or_default(),
            definition: None,
        }
        .with_subject(&text)
    }

    /// Remembers the subject of a question for a definition: what stands in quotation marks or before the question word.
    fn with_subject(mut self, text: &str) -> Clues {
        static QUOTED: LazyLock<Regex> = LazyLock::new(|| pattern("[\"《]([^\"》]{2,15})[\"》]"));
        static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
            pattern(
                "([0-9a-z]{2,}|[\u{3400}-\u{9fff}]{2,10}?)(?:到底|具体)?(?:是什么|是啥|啥|什么|是指|指|的)(?:意思|含义|定义|什么)|(?:mean.*?|does )([0-9a-z]{2,})",
            )
        });
        let subject = QUOTED.captures(text).or_else(|| BEFORE.captures(text));
        self.definition = subject.and_then(|found| found.get(1).or(found.get(2))).map(|subject| {
            let subject = regex::escape(subject.as_str());
            pattern(&format!("{subject}[\"》]?(?:\\([^)]{{0,30}}\\))?[,，]?(?:即|是|指|为|-|称|包括|,\")"))
        });
        self
    }

    pub(super) fn asks(&self, asked: Asked) -> bool {
        self.asked[asked as usize]
    }

    /// Looks at a folded sentence.
    pub(super) fn look(&self, sentence: &str) -> Shown {
        let mut shown = Shown::default();
        for (at, kind) in Asked::ALL.into_iter().enumerate().filter(|(at, _)| self.asked[*at]) {
            let (most, counted) = match kind {
                Asked::Person | Asked::Place | Asked::List => (3, SHOWS[at].find_iter(sentence).take(3).count()),
                _ => (1, usize::from(SHOWS[at].is_match(sentence))),
            };
            shown.kinds[at] = counted as f32 / most as f32;
        }
        if self.asks(Asked::Number) {
            let new = DIGITS.find_iter(sentence).any(|found| !self.digits.iter().any(|known| known == found.as_str()));
            shown.new_digits = f32::from(u8::from(new));
        }
        if let Some((first, whole)) = &self.unit {
            shown.unit = match (whole.as_ref().is_some_and(|whole| whole.is_match(sentence)), first.is_match(sentence))
            {
                (true, _) => 2.0,
                (false, true) => 1.0,
                (false, false) => -1.0,
            };
        }
        if !self.head.is_empty() {
            let met = self.head.iter().filter(|c| sentence.contains(**c)).count();
            shown.head = met as f32 / self.head.len() as f32;
        }
        shown.defines =
            f32::from(u8::from(self.definition.as_ref().is_some_and(|definition| definition.is_match(sentence))));
        shown.pronoun = f32::from(u8::from(PRONOUN.is_match(sentence)));
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    fn look(question: &str, sentence: &str) -> Shown {
        Clues::new(&fold(question).chars).look(&fold(sentence).text())
    }

    #[test]
    fn figures_answer_how_many() {
        let shown = look("今年有多少个项目？", "今年实施282个项目。");
        assert_eq!((shown.kinds[Asked::Number as usize], shown.new_digits, shown.unit), (1.0, 1.0, 2.0));
        let shown = look("43个项目总投资多少亿？", "抓好43个项目。");
        assert_eq!((shown.new_digits, shown.unit), (0.0, -1.0));
    }

    #[test]
    fn subjects_are_defined() {
        assert_eq!(look("“三级目标”是什么意思？", "“三级目标”即到2035年实现的目标。").defines, 1.0);
        assert_eq!(look("“三级目标”是什么意思？", "实现“三级目标”。").defines, 0.0);
        assert_eq!(look("what does 25311 mean", "“25311”，“两个坚持”。").defines, 1.0);
    }

    #[test]
    fn what_was_not_asked_is_not_shown() {
        assert_eq!(look("项目", "由王小明任司令员，1947年8月成立。").kinds, [0.0; 8]);
        let shown = look("司令员是谁？", "由王小明任司令员。");
        assert!(shown.kinds[Asked::Person as usize] > 0.5);
    }
}
