//! How fast questions on Telegram are answered, with the platform's own limits switched off: throughput of a burst,
//! and the time from update to reply at a steady rate, as median and 99th percentile.
//!
//! `cargo bench --bench telegram`; numbers of chats and questions may follow, as in `-- 200 2000`.

use std::{
    collections::HashMap,
    thread,
    time::{Duration, Instant},
};

#[allow(dead_code)]
#[path = "../tests/telegram/harness/mod.rs"]
mod harness;
#[allow(dead_code, unused_imports)]
#[path = "../tests/telegram/server/mod.rs"]
mod server;

use harness::Story;
use server::Person;

/// Questions a second of the steady stream, and for how long.
const STEADY: (u32, u32) = (50, 10);

/// What is asked, in turn.
const QUESTIONS: [&str; 4] = [
    "政务服务中心咨询电话是多少？",
    "加装电梯多少部？",
    "居住证多久签注一次？",
    "城乡居民基本医疗保险个人缴费标准是多少？",
];

/// When each message of each chat was said.
type Said = HashMap<(i64, i64), Instant>;

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let (chats, questions): (usize, usize) = (numbers.next().unwrap_or(200), numbers.next().unwrap_or(2000));
    let story = Story::open_with(&[("TELEGRAM_PACE", "false"), ("QUESTIONS_PER_MINUTE", "0"), ("WENDA_LOG", "warn")]);
    let people: Vec<Person> = (0..chats).map(|number| story.person(&format!("居民{number}"), "zh-hans")).collect();

    let mut alone: Vec<Duration> = (0..50).map(|number| asked_alone(&story, &people[number % chats], number)).collect();
    println!("one at a time          {}", percentiles(&mut alone));

    let pause = Duration::from_secs(1) / STEADY.0;
    let (_, mut steady) = asked(&story, &people, (STEADY.0 * STEADY.1) as usize, |_| thread::sleep(pause));
    println!("{:>3} questions a second {}", STEADY.0, percentiles(&mut steady));

    let (elapsed, mut burst) = asked(&story, &people, questions, |_| {});
    let rate = questions as f64 / elapsed.as_secs_f64();
    println!("{questions} at once from {chats} chats: {rate:.0} a second; {}", percentiles(&mut burst));
    story.close();
}

fn asked_alone(story: &Story, person: &Person, number: usize) -> Duration {
    let started = Instant::now();
    story.ask(person, QUESTIONS[number % QUESTIONS.len()]).at - started
}

/// Asks so many questions, the chats in turn, and waits for all answers: the whole time, and that of each.
fn asked(story: &Story, people: &[Person], count: usize, between: impl Fn(usize)) -> (Duration, Vec<Duration>) {
    let before = story.world().sent.len();
    let started = Instant::now();
    let mut said = Said::new();
    for number in 0..count {
        let person = &people[number % people.len()];
        let at = Instant::now();
        let message = story.say(person, QUESTIONS[number % QUESTIONS.len()]);
        said.insert((person.id, message), at);
        between(number);
    }
    story
        .until_for(Duration::from_secs(600), "all answers", |world| (world.sent.len() >= before + count).then_some(()));
    let world = story.world();
    let answers = world.sent[before..].iter().filter_map(|sent| Some((sent, said.get(&(sent.chat, sent.reply_to?))?)));
    let times: Vec<(Instant, Duration)> = answers.map(|(sent, asked)| (sent.at, sent.at - *asked)).collect();
    assert_eq!(times.len(), count, "every question is answered once");
    let last = times.iter().map(|(at, _)| *at).max().unwrap_or(started);
    (last - started, times.into_iter().map(|(_, time)| time).collect())
}

fn percentiles(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    format!("median {:.1} ms, p99 {:.1} ms", at(0.5), at(0.99))
}
