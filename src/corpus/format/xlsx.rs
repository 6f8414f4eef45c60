//! Excel workbooks (XLSX): each row of a sheet becomes a sentence with the names of its columns, each sheet a section. Values
//! stand as the sheet shows them; hidden sheets are left out.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::Cursor,
};

use calamine::{Cell, DataRef, Dimensions, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::{
    Content,
    archive::Archive,
    blocks::Blocks,
    figures, office,
    table::{MAX_CELLS, MAX_COLUMNS, Style, Table},
};

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Content, String> {
    let mut archive = Archive::open(bytes)?;
    let metadata = office::metadata(&mut archive)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let shown: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut blocks = Blocks::default();
    for name in shown {
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let cells = cells(&mut book, &name)?;
        if !cells.is_empty() {
            blocks.heading(1, &name);
            table(&name, &cells, &merged)?.write(Style::Sheet, 2, &mut blocks);
        }
    }
    Ok(Content { text: blocks.finish(), metadata, ..Content::default() })
}

/// The texts of the cells that are not empty, by row and column.
type Cells = BTreeMap<u32, BTreeMap<u32, String>>;

fn cells(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Cells, String> {
    let mut reader = book.worksheet_cells_reader(name).map_err(damaged)?;
    let mut cells = Cells::new();
    let mut count = 0;
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(damaged)? {
        let format = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
        let text = shown(&cell, format.map_or("General", |format| format.format_code.as_str()));
        if !text.trim().is_empty() {
            count += 1;
            if count > MAX_CELLS {
                return Err(format!("has more than {MAX_CELLS} cells in its sheet {name}: split it"));
            }
            let (row, column) = cell.get_position();
            cells.entry(row).or_default().insert(column, text);
        }
    }
    Ok(cells)
}

/// What a cell shows.
fn shown(cell: &Cell<DataRef<'_>>, code: &str) -> String {
    match cell.get_value() {
        DataRef::Int(value) => figures::number(*value as f64, code),
        DataRef::Float(value) => figures::number(*value, code),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => if *value { "是" } else { "否" }.to_owned(),
        DataRef::DateTime(when) if when.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = when.to_ymd_hms_milli();
            figures::moment((year, month, day, hour, minute, second), code)
        }
        DataRef::DateTime(time) => figures::number(time.as_f64(), "General"),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.replace('T', " "),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// The table of a sheet, without its empty rows and columns.
fn table(name: &str, cells: &Cells, merged: &[Dimensions]) -> Result<Table, String> {
    let columns: BTreeSet<u32> = cells.values().flat_map(BTreeMap::keys).copied().collect();
    if columns.len() > MAX_COLUMNS {
        return Err(format!("has more than {MAX_COLUMNS} columns in its sheet {name}: split it"));
    }
    let columns: Vec<u32> = columns.into_iter().collect();
    let starts: HashMap<(u32, u32), &Dimensions> = merged.iter().map(|area| (area.start, area)).collect();
    let mut table = Table::default();
    for (row, texts) in cells {
        table.begin_row();
        while table.filled() < columns.len() {
            let column = columns[table.filled()];
            let text = texts.get(&column).map_or("", String::as_str);
            let (wide, high) = starts.get(&(*row, column)).map_or((1, 1), |area| {
                let wide = columns.iter().filter(|other| (column..=area.end.1.max(column)).contains(other)).count();
                (wide, cells.range(*row..=area.end.0.max(*row)).take(10_000).count())
            });
            let before = table.filled();
            table.cell(text, wide, high);
            if table.filled() == before {
                return Err(format!("has more than {MAX_CELLS} cells in its sheet {name}: split it"));
            }
        }
    }
    Ok(table)
}

fn damaged(error: XlsxError) -> String {
    match error {
        XlsxError::Password => "is encrypted: save it without a password".to_owned(),
        XlsxError::FileNotFound(_) => {
            "is an archive, but not an Excel workbook: give it the extension of what it is".to_owned()
        }
        error => format!("is damaged ({}): save it again", error.to_string().trim_end_matches('.')),
    }
}
