//! The operator's command line. What it does is in the library, where it can be read beside what it is about.

#[cfg(not(target_family = "wasm"))]
fn main() -> std::process::ExitCode {
    mcpgate::cli::main()
}

/// On the edge there is no command line; the library alone is the program.
#[cfg(target_family = "wasm")]
fn main() {}
