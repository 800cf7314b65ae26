//! The command `exemplar`; what it does is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    exemplar_search_cli::main()
}
