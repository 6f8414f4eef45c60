//! What must hold, point by point. Each test is a story that a citizen or an official could tell.

mod changes;
mod direct;
mod doors;
mod durability;
mod groups;
mod parity;

/// Questions with words that only the right answer holds.
pub(crate) const QUESTIONS: [(&str, &str); 5] = [
    ("政务服务中心咨询电话是多少？", "0319-8162345"),
    ("老年人优待证在几号窗口办理？", "7号窗口"),
    ("2026年全县计划实施民生实事项目多少个？", "43个"),
    ("加装电梯多少部？", "电梯96部"),
    ("居住证多久签注一次？", "每年签注一次"),
];
