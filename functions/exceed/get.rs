//! `GET /api/v2/users/{id}`

use roster_dialects::{
    exceed::{self, Error, Received, Target},
    http::Response,
};
use roster_domain::Access;
use roster_functions::{
    exceed::{auth, load},
    request::{Credentials as _, authenticate},
};
use roster_lambda::Context;

roster_lambda::endpoint!("exceed-get", get, Error);

async fn get(context: &Context) -> Result<Response, Error> {
    let received = Received::read(&context.request)?;
    let key = auth::key(&context.request, &received)?;
    let target = Target::by_code_or_id(&context.request, &received);
    let reading = load::user(context, key.account(), &received, target);
    let (_, user) = authenticate(context, &key, Access::Read, reading).await?;
    Ok(exceed::user_shown(received.check()?, &user))
}
