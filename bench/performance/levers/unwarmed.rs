//! The first event finds no connection.

use roster_functions::member::get::ENDPOINT;
use roster_shared::{
    http::{Error, run_on},
    store,
};

fn main() -> Result<(), Error> {
    run_on(&ENDPOINT, async || store::from_environment(), false)
}
