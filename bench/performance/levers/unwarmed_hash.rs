//! The first hash takes its memory itself.

use roster_functions::member::create::ENDPOINT;
use roster_shared::http::{Endpoint, Error, Needs, run};

static UNWARMED: Endpoint = Endpoint { needs: Needs::Store, ..ENDPOINT };

fn main() -> Result<(), Error> {
    run(&UNWARMED)
}
