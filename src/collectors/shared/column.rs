//! A column of a pane's typed rows, before its source is erased.

use crate::domain::{Align, CommonField, FieldMeta, Value, Visibility, Width};

/// Cost details of every row that is billed.
pub(crate) const MONEY: &[CommonField] = &[
    CommonField::Effective,
    CommonField::Prepaid,
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

/// A field of rows `R`.
pub(crate) type Column<R> = FieldMeta<ColumnValue<R>>;

/// Source of a field's value.
pub(crate) enum ColumnValue<R: 'static> {
    /// A common column.
    Head(CommonField),
    /// A column of the pane's own.
    Own(fn(&R) -> Value),
    /// A column of the pane's own: dollars at list, which are shown as they are paid.
    Paid(fn(&R) -> Value),
}

impl<R> FieldMeta<ColumnValue<R>> {
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
            from: ColumnValue::Own(get),
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

    /// The same column; its dollars are at list, and it shows them as they are paid.
    pub(crate) const fn paid(self) -> Self {
        match self.from {
            ColumnValue::Own(get) => Self {
                from: ColumnValue::Paid(get),
                ..self
            },
            ColumnValue::Head(_) | ColumnValue::Paid(_) => self,
        }
    }

    /// A common column.
    pub(crate) const fn common(field: CommonField, show: Visibility) -> Self {
        Self::of(field, show, ColumnValue::Head(field))
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
