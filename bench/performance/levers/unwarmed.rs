//! The first event finds no connection.

use roster_functions::member::get::ENDPOINT;
use roster_lambda::{Endpoint, Error, Prewarm, run};

static UNWARMED: Endpoint = Endpoint { prewarm: Prewarm::Nothing, ..ENDPOINT };

fn main() -> Result<(), Error> {
    run(&UNWARMED)
}
