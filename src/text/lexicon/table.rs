//! Sorted dictionary lines in deflated blocks, embedded in the binary; a look-up inflates one block only.
//! The layout is written by `scripts/build_lexicon.py`.

use std::collections::HashMap;

/// One dictionary: where its blocks lie and with which key each begins.
pub(crate) struct Table {
    bytes: &'static [u8],
    blocks: Vec<Block>,
}

struct Block {
    first_key: &'static [u8],
    start: usize,
    stream_length: usize,
    text_length: usize,
}

impl Table {
    /// Reads the directory of an embedded dictionary. Bytes that are not such a dictionary give an empty table,
    /// so that a damaged build answers Chinese questions still.
    pub(crate) fn new(bytes: &'static [u8]) -> Table {
        let blocks = directory(bytes).unwrap_or_default();
        Table { bytes, blocks }
    }

    fn block_of(&self, key: &str) -> Option<usize> {
        self.blocks.partition_point(|block| block.first_key <= key.as_bytes()).checked_sub(1)
    }

    fn inflate(&self, number: usize) -> Option<String> {
        let block = &self.blocks[number];
        let stream = self.bytes.get(block.start..block.start + block.stream_length)?;
        let text = miniz_oxide::inflate::decompress_to_vec_with_limit(stream, block.text_length).ok()?;
        String::from_utf8(text).ok()
    }
}

/// Splits the head of a table into its blocks: lengths and first keys, then the streams one after another.
fn directory(bytes: &'static [u8]) -> Option<Vec<Block>> {
    let count = u32_at(bytes, 0)? as usize;
    let mut blocks = Vec::with_capacity(count);
    let mut at = 4;
    let mut start = 0;
    for _ in 0..count {
        let stream_length = u32_at(bytes, at)? as usize;
        let text_length = u32_at(bytes, at + 4)? as usize;
        let key_length = u16::from_le_bytes(bytes.get(at + 8..at + 10)?.try_into().ok()?) as usize;
        let first_key = bytes.get(at + 10..at + 10 + key_length)?;
        blocks.push(Block { first_key, start, stream_length, text_length });
        at += 10 + key_length;
        start += stream_length;
    }
    for block in &mut blocks {
        block.start += at;
    }
    Some(blocks)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Look-ups of one question: it keeps the blocks it has inflated, because neighbouring phrases share them.
pub(crate) struct Reader<'a> {
    table: &'a Table,
    inflated: HashMap<usize, String>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(table: &'a Table) -> Reader<'a> {
        Reader { table, inflated: HashMap::new() }
    }

    /// The line of `key` without the key, as it stands in the dictionary.
    pub(crate) fn get(&mut self, key: &str) -> Option<&str> {
        let number = self.table.block_of(key)?;
        let table = self.table;
        let text = self.inflated.entry(number).or_insert_with(|| table.inflate(number).unwrap_or_default());
        find_line(text, key)
    }
}

/// Binary search by bytes in sorted `key TAB value` lines.
fn find_line<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = text.as_bytes()[..middle].iter().rposition(|&b| b == b'\n').map_or(0, |p| p + 1);
        let end = text.as_bytes()[middle..].iter().position(|&b| b == b'\n').map_or(text.len(), |p| middle + p);
        let (found, value) = text.get(start..end)?.split_once('\t')?;
        match found.as_bytes().cmp(key.as_bytes()) {
            std::cmp::Ordering::Equal => return Some(value),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_lines() {
        let text = "a\t一\nabout\t关于\nb\t乙\nzone\t区,地带\n";
        let check = |key: &str, expected: Option<&str>| assert_eq!(find_line(text, key), expected, "{key}");
        check("a", Some("一"));
        check("about", Some("关于"));
        check("zone", Some("区,地带"));
        check("b", Some("乙"));
        check("ab", None);
        check("zoo", None);
        check("", None);
    }

    #[test]
    fn damaged_bytes_are_an_empty_table() {
        let table = Table::new(&[9, 0, 0, 0, 1]);
        assert_eq!(Reader::new(&table).get("zone"), None);
    }
}
