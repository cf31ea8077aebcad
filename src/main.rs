//! The `spendtop` command.

fn main() {}
