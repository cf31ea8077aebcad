//! The `spendtop` program; all of it is in the library.

fn main() -> std::process::ExitCode {
    spendtop::app::main()
}
