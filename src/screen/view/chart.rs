//! The cost chart above a table: bars by day or hour, of the row under the cursor or summed over
//! the rows shown. Not ratatui's `BarChart`: that has no lines across, no weekends and no dates.
//!
//! ```text
//! ┌ Sum of 4 rows  by day  mean $9,120  spike over $13,680 ─ b row ┐
//! │ $21,400 ┤             !                                        │
//! │         ┈┈┈┈┈┈┈┈┈┈┈┈┈┈█┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈  spike               │
//! │ $10,700 ┤╌╌█╌█╌╌╌█╌█╌█╌█╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  mean                │
//! │      $0 ─────────══─────────══──────────   ══ weekend          │
//! │          Nov 2         Nov 9                                   │
//! └────────────────────────────────────────────────────────────────┘
//! ```
//!
//! Only visible bars cost time.

use super::{
    borders, key_labels,
    table::waste_ranking,
    text_writer::{Canvas, TextWriter},
};
use crate::screen::notices::page as wording;
use crate::{
    domain::{Series, Timestamp, Usd, text},
    screen::{
        App,
        actions::Action,
        state::{cost_series, table::Table},
        theme::Role,
    },
};
use jiff::{civil::Weekday, tz::TimeZone};
use ratatui::layout::{Margin, Rect};

/// Width of the scale at the left, in columns.
const SCALE: u16 = 8;
/// Widest bar with its gap.
const WIDEST: u16 = 6;
/// Rows below the bars: their foot and the dates.
const BELOW: u16 = 2;
/// Times the mean from which a day is a spike: the default of the rule `daily-spike`.
const SPIKE: f64 = 1.5;
/// Parts of a cell a bar can end at.
const PARTS: f64 = 8.0;

/// A chart with its geometry.
struct Chart<'a> {
    series: &'a Series,
    /// The first point shown.
    first: usize,
    /// Columns from one bar to the next.
    pitch: u16,
    /// Height of the bars, in rows.
    height: u16,
    /// US dollars at the top row.
    top: f64,
    mean: Option<f64>,
    spike: Option<f64>,
    now: Timestamp,
}

/// Draws the chart in `area`, inside the frame.
pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let Some(table) = app.focused() else { return };
    let row = table
        .chart
        .as_ref()
        .zip(table.current())
        .and_then(|(field, row)| cost_series::of(row, field));
    let series = if app.chart_row {
        row
    } else {
        table.dollars.clone()
    };
    let inner = area.inner(Margin::new(1, 1));
    let Some(series) = series.filter(|series| series.points.iter().any(Option::is_some)) else {
        title(app, table, &mut borders::title(canvas, area), None);
        canvas
            .line(inner, inner.height / 2)
            .advance(2)
            .write(wording::NO_COST, Role::Dim);
        return;
    };
    let chart = Chart::new(&series, inner, SPIKE, app.now);
    title(app, table, &mut borders::title(canvas, area), Some(&chart));
    chart.bars(canvas, inner);
    chart.foot(canvas, inner);
}

fn title(app: &App, table: &Table, writer: &mut TextWriter<'_>, chart: Option<&Chart<'_>>) {
    writer.write(" ", Role::Text);
    let rows = table.rows.len();
    match table.current().filter(|_| app.chart_row) {
        Some(row) => writer.write(waste_ranking::name(row), Role::Emphasis),
        None => writer.write(&wording::sum_of(rows), Role::Emphasis),
    };
    let mut note = |text: &str, role| {
        if text::width(text) + 3 <= usize::from(writer.remaining()) {
            writer.write("  ", Role::Text).write(text, role);
        }
    };
    if let Some(chart) = chart {
        note(
            if chart.series.step >= 86_400 {
                wording::BY_DAY
            } else {
                wording::BY_HOUR
            },
            Role::Dim,
        );
        if let Some(mean) = chart.mean {
            note(&wording::mean(Usd(mean)), Role::Text);
        }
        if let Some(spike) = chart.spike {
            note(&wording::spike_over(Usd(spike)), Role::Warning);
        }
    }
    note(
        &wording::chart_key(&key_labels::key(app, &Action::Chart), app.chart_row),
        Role::Key,
    );
    writer.write(" ", Role::Text);
}

impl<'a> Chart<'a> {
    fn new(series: &'a Series, inner: Rect, spike: f64, now: Timestamp) -> Self {
        let room = inner.width.saturating_sub(SCALE + 2).max(1);
        let count = series.points.len().max(1);
        let pitch = (usize::from(room) / count).clamp(1, usize::from(WIDEST)) as u16;
        let shown = count.min(usize::from(room / pitch));
        let mean = cost_series::mean(series, now);
        let spike = mean.map(|mean| mean * spike).filter(|spike| *spike > 0.0);
        let first = series.points.len().saturating_sub(shown);
        let most = series.points[first..]
            .iter()
            .flatten()
            .copied()
            .filter(|dollars| dollars.is_finite())
            .fold(0.0, f64::max);
        // The line of spikes is visible only if it does not make the bars small.
        let top = spike
            .filter(|spike| *spike > most && *spike < most * 1.6)
            .unwrap_or(most);
        let top = if top > 0.0 { top } else { 1.0 };
        Self {
            series,
            first,
            pitch,
            height: inner.height.saturating_sub(BELOW),
            top,
            mean,
            spike,
            now,
        }
    }

    fn is_weekend(&self, place: usize) -> bool {
        matches!(
            self.series.at(place).to_zoned(TimeZone::UTC).weekday(),
            Weekday::Saturday | Weekday::Sunday
        )
    }

    /// The row, from the top, in which `dollars` ends; `None` if it is above all.
    fn row_of(&self, dollars: f64) -> Option<u16> {
        let from_below = (dollars / self.top * f64::from(self.height))
            .ceil()
            .max(1.0) as u16;
        self.height.checked_sub(from_below)
    }

    fn bars(&self, canvas: &mut Canvas<'_>, inner: Rect) {
        let (mean, spike) = (
            self.mean.and_then(|mean| self.row_of(mean)),
            self.spike.and_then(|spike| self.row_of(spike)),
        );
        for y in 0..self.height {
            let label = match y {
                0 => Usd(self.top).to_string(),
                y if y == self.height / 2 && self.height >= 5 => {
                    Usd(self.top * f64::from(self.height - y) / f64::from(self.height)).to_string()
                }
                _ => String::new(),
            };
            let mut writer = canvas.line(inner, y);
            writer
                .write(&text::fit(&label, usize::from(SCALE), true), Role::Dim)
                .advance(1);
            let (sign, role) = match Some(y) {
                row if row == spike => (writer.glyphs.across.1, Role::Warning),
                row if row == mean => (writer.glyphs.across.0, Role::Dim),
                _ => (" ", Role::Dim),
            };
            for place in self.first..self.series.points.len() {
                let gap = u16::from(self.pitch > 1);
                self.cell(&mut writer, place, y, (sign, role));
                for _ in 0..gap {
                    writer.write(sign, role);
                }
            }
        }
    }

    /// One row of one bar.
    fn cell(&self, writer: &mut TextWriter<'_>, place: usize, y: u16, (sign, role): (&str, Role)) {
        let dollars = self
            .series
            .points
            .get(place)
            .copied()
            .flatten()
            .unwrap_or(0.0);
        let columns = if self.pitch > 1 { self.pitch - 1 } else { 1 };
        let full = dollars / self.top * f64::from(self.height) * PARTS;
        let full = if dollars > 0.0 { full.max(1.0) } else { 0.0 };
        let level = (full - f64::from(self.height - 1 - y) * PARTS)
            .round()
            .clamp(0.0, PARTS) as usize;
        let over = self.spike.is_some_and(|spike| dollars > spike);
        let colour = match over {
            true => Role::HighCost,
            false if !cost_series::is_over(self.series, place, self.now) => Role::Dim,
            false => Role::Chart,
        };
        for column in 0..columns {
            match level
                .checked_sub(1)
                .and_then(|level| writer.glyphs.levels.get(level))
            {
                Some(bar) => writer.write(bar, colour),
                // Without colours, a symbol on the bar marks it.
                None if over
                    && column == 0
                    && self.row_of(dollars).is_some_and(|row| row == y + 1) =>
                {
                    writer.write(writer.glyphs.warn, Role::HighCost)
                }
                None => writer.write(sign, role),
            };
        }
    }

    /// The line under the bars with its weekends, and dates where they have room.
    fn foot(&self, canvas: &mut Canvas<'_>, inner: Rect) {
        let mut writer = canvas.line(inner, self.height);
        writer
            .write(&text::fit("$0", usize::from(SCALE), true), Role::Dim)
            .advance(1);
        let (workday, weekend) = writer.glyphs.foot;
        for place in self.first..self.series.points.len() {
            let (sign, role) = if self.is_weekend(place) {
                (weekend, Role::Marked)
            } else {
                (workday, Role::Border)
            };
            for _ in 0..self.pitch {
                writer.write(sign, role);
            }
        }
        if writer.remaining() > 13 {
            writer
                .advance(2)
                .write(weekend, Role::Marked)
                .write(weekend, Role::Marked)
                .write(wording::WEEKEND, Role::Dim);
        }
        let mut writer = canvas.line(inner, self.height + 1);
        let start = inner.x + SCALE + 1;
        for place in self.first..self.series.points.len() {
            let Some(label) = self.label(place) else {
                continue;
            };
            let x = start + (place - self.first) as u16 * self.pitch;
            if x >= writer.x()
                && text::width(&label)
                    <= usize::from(writer.remaining().saturating_sub(x - writer.x()))
            {
                writer.move_to(x).write(&label, Role::Dim).advance(1);
            }
        }
    }

    /// The date of a Monday or a first of the month; by hours, of a midnight.
    fn label(&self, place: usize) -> Option<String> {
        let at = self.series.at(place).to_zoned(TimeZone::UTC);
        let marks = if self.series.step >= 86_400 {
            at.weekday() == Weekday::Monday || at.day() == 1
        } else {
            at.hour() == 0
        };
        (marks || place == self.first).then(|| at.strftime("%b %-d").to_string())
    }
}
