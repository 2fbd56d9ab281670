//! `GET /api/v2/users`

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

roster_lambda::endpoint!("exceed-list", list, Error);

async fn list(context: &Context) -> Result<Response, Error> {
    let received = Received::read(&context.request)?;
    let key = auth::key(&context.request, &received)?;
    let reading = load::users(context, key.account(), &received);
    let (_, users) = authenticate(context, &key, Access::Read, reading).await?;
    exceed::users_listed(&context.request, received.check()?, &users)
}
