//! Another allocator than the system's.

use mimalloc::MiMalloc;
use roster_functions::member::get::ENDPOINT;
use roster_lambda::{Error, run};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> Result<(), Error> {
    run(&ENDPOINT)
}
