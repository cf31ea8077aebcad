//! The tables: framed with their rows, folded to one line, and the row under the cursor.

pub mod cell;
pub mod collapsed_tile;
pub mod columns;
pub mod empty;
pub mod preview;
pub mod rows;
pub mod tile;
pub mod waste_ranking;
