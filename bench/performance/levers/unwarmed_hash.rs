//! The first hash takes its memory itself.

use roster_functions::member::create::ENDPOINT;
use roster_lambda::{Endpoint, Error, Prewarm, run};

static UNWARMED: Endpoint = Endpoint { prewarm: Prewarm::Store, ..ENDPOINT };

fn main() -> Result<(), Error> {
    run(&UNWARMED)
}
