//! `GET /api/v2/users/deletions`

use roster_dialects::{
    exceed::{self, Error, Received},
    http::Response,
};
use roster_domain::Access;
use roster_functions::{
    exceed::{auth, load},
    request::{Credentials as _, authenticate},
};
use roster_lambda::Context;

roster_lambda::endpoint!("exceed-deletions", deletions, Error);

async fn deletions(context: &Context) -> Result<Response, Error> {
    let received = Received::read(&context.request)?;
    let key = auth::key(&context.request, &received)?;
    let reading = load::deletions(context, key.account(), &received);
    let (_, (deletions, time_zone)) = authenticate(context, &key, Access::Read, reading).await?;
    exceed::deletions_listed(&context.request, received.check()?, &deletions, time_zone.as_ref())
}
