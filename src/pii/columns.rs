//! Tables in JSON: what the cells of a row stand under, as a list of columns or the first row says.

use super::fields::{self, Class};
use crate::json::Segment;

/// The columns of the table in JSON that was begun last.
#[derive(Default)]
pub(super) struct Columns {
    columns: Vec<(String, Class)>,
    /// How deep the member stands that names them, unless the first row did.
    named: Option<usize>,
}

impl Columns {
    /// The head and the class of a table's cell; a first row may say what the columns are.
    pub(super) fn cell(&mut self, path: &[Segment<'_>], text: &str) -> Option<(&str, Class)> {
        match path {
            [.., Segment::Key(table), Segment::Index(column)] if COLUMNS.contains(&table.as_ref()) => {
                self.add(*column, text, Some(path.len() - 2));
                None
            }
            [.., Segment::Key(table), Segment::Index(column), Segment::Key(name)]
                if COLUMNS.contains(&table.as_ref()) && name == "name" =>
            {
                self.add(*column, text, Some(path.len() - 3));
                None
            }
            [.., Segment::Key(table), Segment::Index(0), Segment::Index(column)]
                if ROWS.contains(&table.as_ref())
                    && self.named != Some(path.len() - 3)
                    && (*column == 0 || self.columns.len() == *column) =>
            {
                self.add(*column, text, None);
                None
            }
            [.., Segment::Key(table), Segment::Index(_), Segment::Index(column)]
                if ROWS.contains(&table.as_ref()) =>
            {
                let people = self
                    .columns
                    .iter()
                    .any(|(_, class)| matches!(class, Class::Trait | Class::Given | Class::Family));
                self.columns.get(*column).map(|(head, class)| match class {
                    Class::Name | Class::Role if people => (head.as_str(), Class::Full),
                    class => (head.as_str(), *class),
                })
            }
            _ => None,
        }
    }

    fn add(&mut self, column: usize, head: &str, named: Option<usize>) {
        if column == 0 {
            self.columns.clear();
            self.named = named;
        }
        self.columns.push((head.get(..fields::MAX_KEY).unwrap_or(head).to_owned(), fields::class(head)));
    }
}

/// Where a table's columns are named, and where its rows are.
const COLUMNS: [&str; 9] = [
    "columns",
    "header",
    "headers",
    "cols",
    "columnNames",
    "column_names",
    "columnHeaders",
    "fields",
    "schema",
];
const ROWS: [&str; 5] = ["rows", "values", "data", "records", "results"];
