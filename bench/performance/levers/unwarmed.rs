//! The first event finds no connection.

use roster_functions::member::get::ENDPOINT;
use roster_shared::http::{Endpoint, Error, Needs, run};

static UNWARMED: Endpoint = Endpoint { needs: Needs::Nothing, ..ENDPOINT };

fn main() -> Result<(), Error> {
    run(&UNWARMED)
}
