//! The gavel program.

/// Every lead makes some thousand short-lived pieces of text; glibc's allocator took a sixth of the CPU of an auction.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    gavel::cli::main()
}
