//! `auxlog`: hands the command line to [`auxlog_cli`].

fn main() -> std::process::ExitCode {
    auxlog_cli::main(std::env::args_os())
}
