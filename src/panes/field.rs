//! A field of a typed row, before erasure. What every pane shares is written once, here.
//!
//! Must not know any pane.

use crate::domain::{Align, Show, Value, Width, Window, record::HeadField};

/// What is told beside `burn` of every row that burns.
pub(crate) const MONEY: &[HeadField] = &[
    HeadField::Effective,
    HeadField::Accrued(Window::Launch),
    HeadField::Accrued(Window::Friday),
    HeadField::Accrued(Window::Today),
    HeadField::Accrued(Window::Month),
];

/// What tells a resource from all others, and to whom it belongs: the last lines of its details.
pub(crate) const IDENTITY: &[HeadField] = &[
    HeadField::Account,
    HeadField::Id,
    HeadField::Arn,
    HeadField::Kind,
    HeadField::Tags,
];

/// The same of a row that is no resource.
pub(crate) const PLACE: &[HeadField] = &[HeadField::Account, HeadField::Id, HeadField::Kind];

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
    pub show: Show,
    /// Where its value comes from.
    pub get: Get<R>,
}

/// Where a field's value comes from.
pub(crate) enum Get<R: 'static> {
    /// The head.
    Head(HeadField),
    /// The row.
    Own(fn(&R) -> Value),
}

impl<R> Field<R> {
    /// Text from the row.
    pub const fn text(
        id: &'static str,
        title: &'static str,
        width: u16,
        show: Show,
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
            get: Get::Own(get),
        }
    }

    /// A number from the row.
    pub const fn number(
        id: &'static str,
        title: &'static str,
        width: u16,
        show: Show,
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
            get: Get::Own(get),
        }
    }

    /// The name, which takes what room is left.
    pub const fn name(min: u16) -> Self {
        Self {
            width: Width::Flex { min, weight: 3 },
            ..Self::head(HeadField::Name, 0, Show::Always)
        }
    }

    /// The state.
    pub const fn state(width: u16, show: Show) -> Self {
        Self::head(HeadField::State, width, show)
    }

    /// The owner.
    pub const fn owner(width: u16, show: Show) -> Self {
        Self::head(HeadField::Owner, width, show)
    }

    /// Time since start or creation.
    pub const fn age(show: Show) -> Self {
        Self::head(HeadField::Age, 5, show)
    }

    /// Dollars per hour.
    pub const fn burn() -> Self {
        Self::head(HeadField::Burn, 7, Show::Always)
    }

    /// Effective dollars since a moment people ask about.
    pub const fn accrued(window: Window, show: Show) -> Self {
        Self::head(HeadField::Accrued(window), 8, show)
    }

    /// Wasted dollars per hour.
    pub const fn waste(show: Show) -> Self {
        Self::head(HeadField::Waste, 7, show)
    }

    /// The region.
    pub const fn region(show: Show) -> Self {
        Self::head(HeadField::Region, 10, show)
    }

    /// A line of the details only.
    pub const fn detail(field: HeadField) -> Self {
        let width = match field {
            HeadField::Effective => 7,
            HeadField::Accrued(_) => 8,
            HeadField::Account => 12,
            HeadField::Arn => 40,
            HeadField::Tags => {
                return Self {
                    width: Width::Flex { min: 16, weight: 1 },
                    ..Self::head(field, 0, Show::Detail)
                };
            }
            _ => 20,
        };
        Self::head(field, width, Show::Detail)
    }

    const fn head(field: HeadField, width: u16, show: Show) -> Self {
        let (id, title, align, doc) = match field {
            HeadField::Name => ("name", "name", Align::Left, "name, or the Name tag"),
            HeadField::Id => ("id", "id", Align::Left, "the service's own identifier"),
            HeadField::Arn => ("arn", "ARN", Align::Left, "Amazon Resource Name"),
            HeadField::Kind => ("kind", "kind", Align::Left, "sort of resource"),
            HeadField::State => ("state", "state", Align::Left, "state, in AWS's word"),
            HeadField::Age => (
                "age",
                "age",
                Align::Right,
                "time since it was last started, or created",
            ),
            HeadField::Burn => (
                "burn",
                "$/h",
                Align::Right,
                "list dollars per hour now; n/a when unpriced",
            ),
            HeadField::Effective => (
                "effective",
                "eff/h",
                Align::Right,
                "dollars per hour after discounts; list where no discount is known",
            ),
            HeadField::Accrued(Window::Launch) => (
                "cost",
                "cost",
                Align::Right,
                "effective dollars since it was last started",
            ),
            HeadField::Accrued(Window::Friday) => (
                "cost_friday",
                "fri 18h",
                Align::Right,
                "effective dollars since the last Friday 18:00 UTC",
            ),
            HeadField::Accrued(Window::Today) => (
                "cost_today",
                "today",
                Align::Right,
                "effective dollars since midnight UTC",
            ),
            HeadField::Accrued(Window::Month) => (
                "cost_month",
                "month",
                Align::Right,
                "effective dollars since the first of the month",
            ),
            HeadField::Waste => (
                "waste",
                "waste/h",
                Align::Right,
                "dollars per hour with nothing to show for them",
            ),
            HeadField::Region => ("region", "region", Align::Left, "region"),
            HeadField::Account => ("account", "account", Align::Left, "account id"),
            HeadField::Profile => (
                "profile",
                "profile",
                Align::Left,
                "the named profile that reaches it",
            ),
            HeadField::Owner => ("owner", "owner", Align::Left, "whose it is, by its tags"),
            HeadField::Tags => ("tags", "tags", Align::Left, "all tags, key=value"),
        };
        Self {
            id,
            title,
            doc,
            width: Width::Fixed(width),
            align,
            show,
            get: Get::Head(field),
        }
    }
}
