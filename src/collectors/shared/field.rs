//! A field of a typed row, before erasure. What every pane shares is written once, here.

use crate::domain::{Align, CostWindow, Value, Visibility, Width, resource::record::CommonField};

/// What is told beside `burn` of every row that burns.
pub(crate) const MONEY: &[CommonField] = &[
    CommonField::Effective,
    CommonField::Accrued(CostWindow::Launch),
    CommonField::Accrued(CostWindow::Friday),
    CommonField::Accrued(CostWindow::Today),
    CommonField::Accrued(CostWindow::Month),
];

/// What tells a resource from all others, and to whom it belongs: the last lines of its details.
pub(crate) const IDENTITY: &[CommonField] = &[
    CommonField::Account,
    CommonField::Id,
    CommonField::Arn,
    CommonField::Kind,
    CommonField::Tags,
];

/// The same of a row that is no resource.
pub(crate) const PLACE: &[CommonField] =
    &[CommonField::Account, CommonField::Id, CommonField::Kind];

/// One column, detail line, sort key, filter word and export field of rows `R`.
pub(crate) struct Field<R: 'static> {
    /// snake_case word.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
    /// Meaning and unit.
    pub doc: &'static str,
    /// Column width.
    pub width: Width,
    /// Text alignment.
    pub align: Align,
    /// When shown.
    pub show: Visibility,
    /// Where its value comes from.
    pub get: FieldValue<R>,
}

/// Where a field's value comes from.
pub(crate) enum FieldValue<R: 'static> {
    /// The head.
    Head(CommonField),
    /// The row.
    Own(fn(&R) -> Value),
}

impl<R> Field<R> {
    /// Text from the row.
    pub const fn text(
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
            get: FieldValue::Own(get),
        }
    }

    /// A number from the row.
    pub const fn number(
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
            align: Align::Right,
            show,
            get: FieldValue::Own(get),
        }
    }

    /// The name, which takes what room is left.
    pub const fn name(min: u16) -> Self {
        Self {
            width: Width::Flex { min, weight: 3 },
            ..Self::head(CommonField::Name, 0, Visibility::Always)
        }
    }

    /// The state.
    pub const fn state(width: u16, show: Visibility) -> Self {
        Self::head(CommonField::State, width, show)
    }

    /// The owner.
    pub const fn owner(width: u16, show: Visibility) -> Self {
        Self::head(CommonField::Owner, width, show)
    }

    /// Time since start or creation.
    pub const fn age(show: Visibility) -> Self {
        Self::head(CommonField::Age, 5, show)
    }

    /// Dollars per hour.
    pub const fn burn() -> Self {
        Self::head(CommonField::Burn, 7, Visibility::Always)
    }

    /// Effective dollars since a moment people ask about.
    pub const fn accrued(window: CostWindow, show: Visibility) -> Self {
        Self::head(CommonField::Accrued(window), 8, show)
    }

    /// Wasted dollars per hour.
    pub const fn waste(show: Visibility) -> Self {
        Self::head(CommonField::Waste, 7, show)
    }

    /// The region.
    pub const fn region(show: Visibility) -> Self {
        Self::head(CommonField::Region, 10, show)
    }

    /// A line of the details only.
    pub const fn detail(field: CommonField) -> Self {
        let width = match field {
            CommonField::Effective => 7,
            CommonField::Accrued(_) => 8,
            CommonField::Account => 12,
            CommonField::Arn => 40,
            CommonField::Tags => {
                return Self {
                    width: Width::Flex { min: 16, weight: 1 },
                    ..Self::head(field, 0, Visibility::Detail)
                };
            }
            _ => 20,
        };
        Self::head(field, width, Visibility::Detail)
    }

    const fn head(field: CommonField, width: u16, show: Visibility) -> Self {
        let (id, title, align, doc) = match field {
            CommonField::Name => ("name", "name", Align::Left, "name, or the Name tag"),
            CommonField::Id => ("id", "id", Align::Left, "the service's own identifier"),
            CommonField::Arn => ("arn", "ARN", Align::Left, "Amazon Resource Name"),
            CommonField::Kind => ("kind", "kind", Align::Left, "sort of resource"),
            CommonField::State => ("state", "state", Align::Left, "state, in AWS's word"),
            CommonField::Age => (
                "age",
                "age",
                Align::Right,
                "time since it was last started, or created",
            ),
            CommonField::Burn => (
                "burn",
                "$/h",
                Align::Right,
                "list dollars per hour now; n/a when unpriced",
            ),
            CommonField::Effective => (
                "effective",
                "eff/h",
                Align::Right,
                "dollars per hour after discounts; list where no discount is known",
            ),
            CommonField::Accrued(CostWindow::Launch) => (
                "cost",
                "cost",
                Align::Right,
                "effective dollars since it was last started",
            ),
            CommonField::Accrued(CostWindow::Friday) => (
                "cost_friday",
                "fri 18h",
                Align::Right,
                "effective dollars since the last Friday 18:00 UTC",
            ),
            CommonField::Accrued(CostWindow::Today) => (
                "cost_today",
                "today",
                Align::Right,
                "effective dollars since midnight UTC",
            ),
            CommonField::Accrued(CostWindow::Month) => (
                "cost_month",
                "month",
                Align::Right,
                "effective dollars since the first of the month",
            ),
            CommonField::Waste => (
                "waste",
                "waste/h",
                Align::Right,
                "dollars per hour with nothing to show for them",
            ),
            CommonField::Region => ("region", "region", Align::Left, "region"),
            CommonField::Account => ("account", "account", Align::Left, "account id"),
            CommonField::Profile => (
                "profile",
                "profile",
                Align::Left,
                "the named profile that reaches it",
            ),
            CommonField::Owner => ("owner", "owner", Align::Left, "whose it is, by its tags"),
            CommonField::Tags => ("tags", "tags", Align::Left, "all tags, key=value"),
        };
        Self {
            id,
            title,
            doc,
            width: Width::Fixed(width),
            align,
            show,
            get: FieldValue::Head(field),
        }
    }
}
