//! A column of a pane's typed rows, before erasure into [`FieldMeta`](crate::domain::FieldMeta).

use crate::domain::{Align, CommonField, Value, Visibility, Width};

/// Cost details of every row that is billed.
pub(crate) const MONEY: &[CommonField] = &[
    CommonField::Effective,
    CommonField::CostSinceStart,
    CommonField::CostFriday,
    CommonField::CostToday,
    CommonField::CostMonth,
];

/// Identity of a resource: the last lines of its details.
pub(crate) const IDENTITY: &[CommonField] = &[
    CommonField::Account,
    CommonField::Id,
    CommonField::Arn,
    CommonField::Kind,
    CommonField::Tags,
];

/// Identity of a row that is no resource.
pub(crate) const PLACE: &[CommonField] =
    &[CommonField::Account, CommonField::Id, CommonField::Kind];

/// One column, detail line, sort key, filter word and export field of rows `R`.
pub(crate) struct Column<R: 'static> {
    /// snake_case word.
    pub id: &'static str,
    /// Heading: the id, or an abbreviation of it.
    pub title: &'static str,
    /// Meaning and unit.
    pub doc: &'static str,
    /// Column width.
    pub width: Width,
    /// Text alignment.
    pub align: Align,
    /// When it is shown.
    pub show: Visibility,
    /// Source of its value.
    pub get: ColumnValue<R>,
}

/// Source of a field's value.
pub(crate) enum ColumnValue<R: 'static> {
    /// A common column.
    Head(CommonField),
    /// A column of the pane's own.
    Own(fn(&R) -> Value),
}

impl<R> Column<R> {
    /// Text of the pane's own.
    pub(crate) const fn text(
        id: &'static str,
        title: &'static str,
        width: u16,
        show: Visibility,
        doc: &'static str,
        get: fn(&R) -> Value,
    ) -> Self {
        Self {
            id,
            title,
            doc,
            width: Width::Fixed(width),
            align: Align::Left,
            show,
            get: ColumnValue::Own(get),
        }
    }

    /// A number of the pane's own.
    pub(crate) const fn number(
        id: &'static str,
        title: &'static str,
        width: u16,
        show: Visibility,
        doc: &'static str,
        get: fn(&R) -> Value,
    ) -> Self {
        Self {
            align: Align::Right,
            ..Self::text(id, title, width, show, doc, get)
        }
    }

    /// A common column.
    pub(crate) const fn common(field: CommonField, show: Visibility) -> Self {
        let column = field.column();
        Self {
            id: column.id,
            title: column.title,
            doc: column.doc,
            width: column.width,
            align: column.align,
            show,
            get: ColumnValue::Head(field),
        }
    }

    /// The name, at least `min` wide.
    pub(crate) const fn name(min: u16) -> Self {
        Self {
            width: Width::Flex { min, weight: 3 },
            ..Self::common(CommonField::Name, Visibility::Always)
        }
    }

    /// A common column with a width of the pane's own.
    pub(crate) const fn sized(field: CommonField, width: u16, show: Visibility) -> Self {
        Self {
            width: Width::Fixed(width),
            ..Self::common(field, show)
        }
    }
}
