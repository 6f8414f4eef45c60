//! Comma-separated values: each row becomes a sentence with the names of its columns. The separator is the one that gives most
//! rows the same number of cells.

use csv::{ByteRecord, ReaderBuilder};

use super::{
    Content,
    blocks::Blocks,
    table::{MAX_CELLS, MAX_COLUMNS, Style, Table},
};
use crate::corpus::decode;

/// Rows that are looked at to find the separator.
const SAMPLE_ROWS: usize = 50;

/// Reads comma-separated values.
pub(super) fn read(bytes: &[u8]) -> Result<Content, String> {
    let text = decode::decode(bytes).map_err(|error| error.to_string())?;
    let separator =
        [b',', b'\t', b';', b'|'].into_iter().max_by_key(|separator| regularity(&text, *separator)).unwrap_or(b',');
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut table = Table::default();
    let mut cells = 0;
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| format!("is damaged ({error}): save it again"))? {
        cells += record.len();
        if record.len() > MAX_COLUMNS || cells > MAX_CELLS {
            return Err(format!("has more than {MAX_COLUMNS} columns or {MAX_CELLS} cells: split it"));
        }
        table.begin_row();
        for cell in &record {
            table.cell(&String::from_utf8_lossy(cell), 1, 1);
        }
    }
    let mut blocks = Blocks::default();
    table.write(Style::Sheet, 2, &mut blocks);
    Ok(Content { text: blocks.finish(), ..Content::default() })
}

/// How many of the first rows have the number of cells that most have, of those with more than one; then that number.
fn regularity(text: &str, separator: u8) -> (usize, usize) {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut widths: Vec<usize> =
        reader.byte_records().take(SAMPLE_ROWS).flatten().map(|row| row.len()).filter(|width| *width > 1).collect();
    widths.sort_unstable();
    widths.chunk_by(|a, b| a == b).map(|alike| (alike.len(), alike[0])).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_found() {
        for text in ["姓名,电话\n甲,\"1,2\"\n", "姓名;电话\n甲;\"1,2\"\n", "姓名\t电话\n甲\t1,2\n"] {
            assert_eq!(read(text.as_bytes()).unwrap().text, "姓名：甲；电话：1,2。\n");
        }
    }
}
