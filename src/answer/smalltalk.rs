//! Small talk: messages that consist of nothing but greetings, thanks, questions about the bot, and filling words.

use super::question::Smalltalk::{self, Farewell, Greeting, Help, Identity, Thanks};

/// Phrases of small talk, folded, without punctuation. A message is small talk when these and the fillers cover all of it.
const PHRASES: &[(Smalltalk, &str)] = &[
    (
        Identity,
        "你是谁|您是谁|你是什么|你叫什么名字|你叫什么|您叫什么|你叫啥|你的名字|介绍一下自己|介绍一下你自己|自我介绍|介绍你自己|\
         你是机器人|你是人工客服|你是人工|你是人工智能|你是ai|你是真人|你是活人|你是人|是机器人|还是机器人|还是真人|还是人|是真人|\
         是不是机器人|是不是真人|是不是人|你多大|你几岁|你是男是女|你是男的女的|谁开发的你|谁做的你|谁创造了你|谁制造了你|谁设计的你|\
         谁开发了你|你是谁开发的|你是谁做的|你的主人是谁|你从哪里来|你来自哪里|机器人|人工客服|\
         who are you|what are you|who made you|who created you|who built you|who developed you|who programmed you|\
         are you a bot|are you a robot|are you a human|are you human|are you a real person|are you real|are you an ai|are you ai|\
         are you a machine|a bot|a robot|a human|an ai|a real person|real person|a person|what is your name|whats your name|\
         what's your name|your name|introduce yourself|tell me about yourself|ni shi shei|ni shi shui|ni jiao shenme|ni shi jiqiren ma|ni shi jiqiren",
    ),
    (
        Help,
        "帮助|帮帮忙|帮帮我|帮我|帮忙|救命|你能做什么|你会做什么|你会什么|你会干什么|你能干什么|你能干嘛|你能干啥|你会干啥|你会啥|\
         你有什么功能|有什么功能|有哪些功能|功能介绍|功能|你能帮我什么|你能帮我做什么|能帮我什么|你能回答什么问题|你能回答什么|\
         能问什么|可以问什么|我能问什么|我可以问什么|问什么|怎么用你|怎么用|怎么使用|如何使用|怎样使用|使用方法|使用说明|用法|\
         使用帮助|说明书|菜单|指令|命令列表|help me|help|what can you do|what do you do|what can i ask you|what can i ask|\
         how do i use this bot|how do i use this|how do i use you|how to use this bot|how to use this|how to use you|how to use|\
         how does this work|how do you work|what is this bot|instructions|menu|commands|usage|bangzhu|bang zhu",
    ),
    (
        Thanks,
        "谢谢|谢了|谢啦|多谢|感谢|辛苦了|辛苦|劳驾|麻烦了|麻烦你了|麻烦您了|非常感谢|太感谢了|太好了|太棒了|真棒|厉害|棒|好的|\
         好滴|好嘞|知道了|明白了|明白|收到|了解了|不错|很好|很有帮助|帮了大忙|你真好|谢|ok|okay|thank you very much|thank you so much|\
         thank you|thanks a lot|thanks|thx|ty|cheers|much appreciated|appreciated|great|got it|perfect|awesome|well done|good bot|nice|\
         cool|xiexie|xie xie|duoxie",
    ),
    (
        Farewell,
        "再见|拜拜|拜|回头见|回见|下次见|下次再聊|明天见|晚安|goodbye|good bye|bye bye|bye|see you later|see you|good night|zaijian|baibai",
    ),
    (
        Greeting,
        "你好|您好|大家好|哈喽|哈啰|哈罗|嗨|嘿|喂|早上好|上午好|中午好|下午好|晚上好|早安|午安|早|在吗|在不在|在么|有人吗|有人在吗|\
         有人么|有没有人|人呢|hello there|hello|hi there|hi|hey there|hey|good morning|good afternoon|good evening|good day|greetings|\
         anybody there|anyone there|is anybody there|is anyone there|are you there|how are you doing|how are you|how do you do|what's up|\
         whats up|sup|nihao|ni hao|nin hao|zai ma|nice to meet you|很高兴认识你|认识你很高兴|最近好吗|你好吗|吃了吗|吃饭了吗",
    ),
];

/// Words that may stand between the phrases and mean nothing by themselves.
const FILLERS: &str = "你|您|啊|呀|哦|噢|呢|吗|么|吧|啦|了|哈|哈哈|嘿嘿|呵呵|嗯|哎|诶|唉|的|是|我|很|太|真|非常|十分|大|一下|请问|请|\
     小助手|助手|客服|机器人|小姐姐|小哥哥|朋友|同志|老师|亲|又|还|先|就|都|今天|到底|究竟|给我|to|a|the|you|so|very|much|please|pls|my|\
     friend|bot|dear|sir|madam|wenda|问答|for|your|help|and|well|oh|ah|there|me|tell|can|do|i|or|just|are|is|really|am|talking|with";

/// What kind of small talk a folded message is, if it is nothing else.
pub(super) fn recognise(chars: &[char]) -> Option<Smalltalk> {
    let text: String = chars.iter().map(|c| if c.is_alphanumeric() || *c == '\'' { *c } else { ' ' }).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return (!chars.is_empty()).then_some(Help);
    }
    let mut kind: Option<Smalltalk> = None;
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let phrase = PHRASES
            .iter()
            .flat_map(|(kind, phrases)| phrases.split('|').map(move |phrase| (Some(*kind), phrase)))
            .chain(FILLERS.split('|').map(|filler| (None, filler)))
            .filter(|(_, phrase)| starts_with_word(rest, phrase))
            .max_by_key(|(kind, phrase)| (phrase.len(), kind.is_some()));
        let (said, phrase) = phrase?;
        kind =
            [kind, said].into_iter().flatten().min_by_key(|kind| PHRASES.iter().position(|(known, _)| known == kind));
        rest = rest[phrase.len()..].trim_start();
    }
    kind
}

/// Whether the text begins with the phrase; a phrase of letters must end where a word ends.
fn starts_with_word(text: &str, phrase: &str) -> bool {
    let Some(rest) = text.strip_prefix(phrase) else { return false };
    let inside = |c: char| c.is_ascii_alphanumeric();
    !(phrase.ends_with(inside) && rest.starts_with(inside))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[track_caller]
    fn check(message: &str, expected: Option<Smalltalk>) {
        assert_eq!(recognise(&fold(message).chars), expected, "{message}");
    }

    #[test]
    fn small_talk() {
        check("你好！", Some(Greeting));
        check("您好呀", Some(Greeting));
        check("在不在？", Some(Greeting));
        check("Hello!!", Some(Greeting));
        check("非常感谢", Some(Thanks));
        check("謝謝您", Some(Thanks));
        check("Thank you so much!", Some(Thanks));
        check("拜拜", Some(Farewell));
        check("你是谁？", Some(Identity));
        check("你到底是不是真人啊", Some(Identity));
        check("Are you a bot or a human?", Some(Identity));
        check("你好，你能做什么？", Some(Help));
        check("help", Some(Help));
        check("？？", Some(Help));
    }

    #[test]
    fn questions_are_no_small_talk() {
        check("你好，请问今年计划多少个项目？", None);
        check("谁任司令员", None);
        check("hiking trails", None);
        check("帮助企业的措施有哪些", None);
        check("what is the area?", None);
        check("", None);
    }
}
