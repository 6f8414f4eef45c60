//! Tables -> lines that can be read alone: `列名：值；列名：值。`, a line for each row. A citizen's question is answered by one
//! row, and a row without the names of its columns says nothing.

use super::blocks::{Blocks, is_cjk, one_line};

/// Most columns that are read; spreadsheets have 16,384, tables that people read a dozen.
pub(super) const MAX_COLUMNS: usize = 256;

/// Most cells of a table, copies of merged cells included.
pub(super) const MAX_CELLS: usize = 4_000_000;

/// Longest text of a cell that can name a column, in characters.
const MAX_NAME_CHARS: usize = 30;

/// Longest row of one cell that can be a heading between rows, in characters.
const MAX_HEADING_CHARS: usize = 30;

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    text: String,
    /// Whether it repeats the cell to its left, with which it is merged.
    beside: bool,
    /// Whether it repeats the cell above, with which it is merged.
    below: bool,
}

/// A table as it is read, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    rows: Vec<Vec<Cell>>,
    /// Cells that reach down from rows above: for each column, how many rows still, and what they say.
    reaching: Vec<(usize, Cell)>,
    cells: usize,
    /// Rows that the document itself calls the head of the table.
    pub(super) head: usize,
}

/// What the rows of a table mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// A sheet: rows of one cell between others are headings.
    Sheet,
    /// A table within a text, which goes on after it.
    Inset,
}

impl Table {
    /// Begins a row.
    pub(super) fn begin_row(&mut self) {
        self.rows.push(Vec::new());
        self.reach();
    }

    /// Adds a cell to the row, as many columns and rows wide as it is merged.
    pub(super) fn cell(&mut self, text: &str, columns: usize, rows: usize) {
        let Some(row) = self.rows.last_mut() else { return };
        for copy in 0..columns.clamp(1, MAX_COLUMNS) {
            if row.len() >= MAX_COLUMNS || self.cells >= MAX_CELLS {
                return;
            }
            let cell = Cell { text: one_line(text), beside: copy > 0, below: false };
            if rows > 1 {
                let at = row.len();
                self.reaching.resize((at + 1).max(self.reaching.len()), (0, Cell::default()));
                self.reaching[at] = (rows - 1, Cell { below: true, ..cell.clone() });
            }
            row.push(cell);
            self.cells += 1;
        }
        self.reach();
    }

    /// A cell that goes on from the row above.
    pub(super) fn continued(&mut self, columns: usize) {
        let above = self.rows.len().checked_sub(2).and_then(|at| self.rows.get(at)).map_or(&[][..], Vec::as_slice);
        let at = self.rows.last().map_or(0, Vec::len);
        let copies: Vec<Cell> = (at..at + columns.clamp(1, MAX_COLUMNS))
            .map(|at| Cell { below: true, ..above.get(at).cloned().unwrap_or_default() })
            .collect();
        if let Some(row) = self.rows.last_mut().filter(|row| row.len() + copies.len() <= MAX_COLUMNS) {
            self.cells += copies.len();
            row.extend(copies);
        }
    }

    /// Rows so far.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Cells of the last row so far, with those that reach into it.
    pub(super) fn filled(&self) -> usize {
        self.rows.last().map_or(0, Vec::len)
    }

    /// Whether the last row has no cell of its own yet.
    pub(super) fn is_row_empty(&self) -> bool {
        self.rows.last().is_none_or(|row| row.iter().all(|cell| cell.below))
    }

    /// Whether it is a table at all, not a frame around text.
    pub(super) fn is_table(&self) -> bool {
        self.rows.len() > 1 && self.rows.iter().filter(|row| row.len() > 1).count() > 1
    }

    /// The texts of all cells that are no copies, in order.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let own = |cell: &&Cell| !cell.beside && !cell.below && !cell.text.is_empty();
        self.rows.iter().flatten().filter(own).map(|cell| cell.text.as_str())
    }

    /// Puts the cells that reach down from above into the row, as far as it has come.
    fn reach(&mut self) {
        let Some(row) = self.rows.last_mut() else { return };
        while let Some((left, cell)) = self.reaching.get_mut(row.len()).filter(|(left, _)| *left > 0) {
            if self.cells >= MAX_CELLS {
                return;
            }
            *left -= 1;
            row.push(cell.clone());
            self.cells += 1;
        }
    }

    /// Writes the rows.
    pub(super) fn write(mut self, style: Style, level: u8, blocks: &mut Blocks) {
        self.tidy();
        let (captions, names, first) = self.head_rows();
        for caption in captions {
            if style == Style::Sheet { blocks.heading(level, &caption) } else { blocks.paragraph(&caption) }
        }
        for row in &self.rows[first..] {
            match alone(row) {
                Some(text) if self.width() > 2 && names.iter().any(|name| !name.is_empty()) => {
                    let heading =
                        style == Style::Sheet && text.chars().count() <= MAX_HEADING_CHARS && !is_closed(text);
                    if heading { blocks.heading(level + 1, text) } else { blocks.paragraph(text) }
                }
                _ => blocks.paragraph(&sentence(row, &names)),
            }
        }
    }

    fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Drops empty rows and columns.
    fn tidy(&mut self) {
        let mut head = self.head;
        let mut at = 0;
        self.rows.retain(|row| {
            let kept = row.iter().any(|cell| !cell.text.is_empty());
            if !kept && at < self.head {
                head -= 1;
            }
            at += 1;
            kept
        });
        self.head = head;
        let mut used = vec![false; self.width()];
        for row in &self.rows {
            for (used, cell) in used.iter_mut().zip(row) {
                *used |= !cell.text.is_empty() && !cell.beside;
            }
        }
        for row in &mut self.rows {
            let mut column = used.iter();
            row.retain(|_| column.next().copied().unwrap_or(false));
        }
    }

    /// The titles above the table, the names of its columns, and the first row below them.
    fn head_rows(&self) -> (Vec<String>, Vec<String>, usize) {
        let width = self.width();
        let captions: Vec<String> =
            self.rows.iter().map_while(|row| alone(row).filter(|_| width > 1)).map(str::to_owned).collect();
        let first = if captions.len() == self.rows.len() { 0 } else { captions.len() };
        let rows = &self.rows[first..];
        let below = |head: usize| rows.len() > head;
        let head = if self.head > first && below(self.head - first) {
            self.head - first
        } else if below(1) && is_head(&rows[0], width) && !is_form(rows, width) {
            let merged = rows[0].iter().any(|cell| cell.beside);
            if merged && below(2) && is_second_head(&rows[0], &rows[1]) { 2 } else { 1 }
        } else {
            0
        };
        let names = (0..width).map(|column| name(&rows[..head], column)).collect();
        let captions = if first == 0 { Vec::new() } else { captions };
        (captions, names, first + head)
    }
}

/// The name of a column: its cells of the head from top to bottom, merged ones once.
fn name(head: &[Vec<Cell>], column: usize) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for cell in head.iter().filter_map(|row| row.get(column)) {
        if !cell.text.is_empty() && !cell.below && parts.last() != Some(&cell.text.as_str()) {
            parts.push(&cell.text);
        }
    }
    parts.join(" ").trim_end_matches(['：', ':']).to_owned()
}

/// The one text of a row that has no other.
fn alone(row: &[Cell]) -> Option<&str> {
    let mut own = row.iter().filter(|cell| !cell.text.is_empty() && !cell.beside);
    match (own.next(), own.next()) {
        (Some(cell), None) if !cell.below => Some(&cell.text),
        _ => None,
    }
}

/// Whether a row can be the head of a table: names in most columns, all different, none a figure or a sentence.
fn is_head(row: &[Cell], width: usize) -> bool {
    let own: Vec<&str> =
        row.iter().filter(|cell| !cell.text.is_empty() && !cell.beside).map(|cell| cell.text.as_str()).collect();
    let filled = row.iter().filter(|cell| !cell.text.is_empty()).count();
    let mut distinct = own.clone();
    distinct.sort_unstable();
    distinct.dedup();
    own.len() >= 2 && filled * 5 >= width * 3 && distinct.len() == own.len() && own.iter().all(|text| is_name(text))
}

/// Whether a row continues a head that has merged cells: names below each of those.
fn is_second_head(first: &[Cell], second: &[Cell]) -> bool {
    let spread = |at: usize| first[at].beside || first.get(at + 1).is_some_and(|next| next.beside);
    (0..first.len()).all(|at| match second.get(at) {
        Some(cell) if spread(at) => cell.text.is_empty() || is_name(&cell.text),
        Some(cell) => cell.below || cell.text.is_empty(),
        None => true,
    }) && second.iter().any(|cell| !cell.text.is_empty() && !cell.below)
}

/// Whether a text can name a column.
fn is_name(text: &str) -> bool {
    let figures = text.chars().filter(|c| c.is_ascii_digit()).count();
    let chars = text.chars().count();
    chars <= MAX_NAME_CHARS && figures * 2 < chars && !is_closed(text)
}

/// Whether a text ends as a sentence does.
fn is_closed(text: &str) -> bool {
    text.ends_with(['。', '；', '！', '？', ';', '!', '?'])
}

/// Whether two columns are a form, each row a name and its value, without a head of their own: the first row does not differ
/// in kind from those below.
fn is_form(rows: &[Vec<Cell>], width: usize) -> bool {
    /// Names of columns that tables of two columns begin with.
    const HEADS: [&str; 22] = [
        "项目", "名称", "类别", "类型", "序号", "事项", "姓名", "单位", "区域", "时间", "日期", "年份", "地区", "部门",
        "种类", "问题", "内容", "指标", "编号", "name", "item", "type",
    ];
    let text = |row: &[Cell], at: usize| row.get(at).map(|cell| cell.text.to_lowercase()).unwrap_or_default();
    let named = HEADS.iter().any(|head| text(&rows[0], 0).contains(head));
    let figure = |text: &str| text.chars().any(|c| c.is_ascii_digit());
    let body = &rows[1..];
    let figures = body.iter().filter(|row| figure(&text(row, 1))).count();
    width == 2 && !named && (figure(&text(&rows[0], 1)) || figures * 2 <= body.len())
}

/// A row as a sentence: the names of the columns with their values.
fn sentence(row: &[Cell], names: &[String]) -> String {
    let cjk = row.iter().any(|cell| cell.text.contains(is_cjk)) || names.iter().any(|name| name.contains(is_cjk));
    let (colon, semicolon, stop) = if cjk { ("：", "；", "。") } else { (": ", "; ", ".") };
    let form = names.iter().all(String::is_empty) && row.len() == 2;
    let mut out = String::new();
    let mut at = 0;
    while at < row.len() {
        let end = at + 1 + row[at + 1..].iter().take_while(|cell| cell.beside).count();
        let value = row[at].text.as_str();
        if !value.is_empty() {
            if form && at == 1 && !out.is_empty() {
                out.push_str(colon);
            } else if !out.is_empty() {
                out.push_str(if is_closed(&out) { if cjk { "" } else { " " } } else { semicolon });
            }
            let named: Vec<&str> = names
                .get(at..end.min(names.len()))
                .unwrap_or_default()
                .iter()
                .map(String::as_str)
                .filter(|name| !name.is_empty())
                .collect();
            if !named.is_empty() {
                out.push_str(&named.join(if cjk { "、" } else { ", " }));
                out.push_str(colon);
            }
            out.push_str(if form && at == 0 { value.trim_end_matches(['：', ':']) } else { value });
        }
        at = end;
    }
    if !out.is_empty() && !is_closed(&out) && !out.ends_with('.') {
        out.push_str(stop);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads rows with `|` between cells; `<` repeats the cell to the left, `^` the one above.
    fn table(rows: &[&str]) -> Table {
        let mut table = Table::default();
        for row in rows {
            table.begin_row();
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let mut at = 0;
            while at < cells.len() {
                let end = at + 1 + cells[at + 1..].iter().take_while(|cell| **cell == "<").count();
                if cells[at] == "^" {
                    table.continued(end - at)
                } else {
                    table.cell(cells[at], end - at, 1)
                }
                at = end;
            }
        }
        table
    }

    fn check(rows: &[&str], style: Style, expected: &str) {
        let mut blocks = Blocks::default();
        table(rows).write(style, 2, &mut blocks);
        assert_eq!(blocks.finish().replace("\n\n", "\n"), expected);
    }

    #[test]
    fn rows_carry_the_names_of_their_columns() {
        check(
            &["车型 | 首小时 | 备注", "小车 | 5元 | ", " | | ", "大车 | 10元 | 须预约。"],
            Style::Inset,
            "车型：小车；首小时：5元。\n车型：大车；首小时：10元；备注：须预约。\n",
        );
        check(&["Item | Fee", "Card | 5 yuan"], Style::Inset, "Item: Card; Fee: 5 yuan.\n");
    }

    #[test]
    fn merged_heads_name_both() {
        check(
            &[
                "2024年收费表 | < | <",
                "车型 | 收费标准 | <",
                "^ | 首小时 | 之后",
                "小车 | 5元 | 2元",
                "残疾人车 | 免费 | <",
            ],
            Style::Sheet,
            "## 2024年收费表\n车型：小车；收费标准 首小时：5元；收费标准 之后：2元。\n\
             车型：残疾人车；收费标准 首小时、收费标准 之后：免费。\n",
        );
    }

    #[test]
    fn forms_and_sections_are_told_from_rows() {
        check(&["申请条件 | 年满18岁", "办理时限： | 五日"], Style::Inset, "申请条件：年满18岁。\n办理时限：五日。\n");
        check(
            &["名称 | 电话 | 地址", "一、中心城区 | < | <", "图书馆 | 110 | 甲路", "注：以公告为准。 | < | <"],
            Style::Sheet,
            "### 一、中心城区\n名称：图书馆；电话：110；地址：甲路。\n注：以公告为准。\n",
        );
        check(&["1 | 2", "3 | 4"], Style::Inset, "1: 2.\n3: 4.\n");
    }

    #[test]
    fn cells_that_reach_down_are_repeated() {
        let mut table = Table::default();
        table.begin_row();
        table.cell("区域", 1, 1);
        table.cell("馆名", 1, 1);
        table.begin_row();
        table.cell("甲区", 1, 2);
        table.cell("一馆", 1, 1);
        table.begin_row();
        table.cell("二馆", 1, 1);
        let mut blocks = Blocks::default();
        table.write(Style::Inset, 2, &mut blocks);
        assert_eq!(blocks.finish(), "区域：甲区；馆名：一馆。\n\n区域：甲区；馆名：二馆。\n");
    }
}
