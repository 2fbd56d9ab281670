//! `GET /api/users/{user_id}`

use roster_dialects::{
    http::Response,
    member::{self, Error},
};
use roster_domain::Access;
use roster_functions::{
    member::{auth, load},
    request::{Credentials as _, authenticate},
};
use roster_lambda::Context;

roster_lambda::endpoint!("member-get", get, Error);

async fn get(context: &Context) -> Result<Response, Error> {
    let key = auth::key(&context.request)?;
    let reading = load::visible_user(context, key.account());
    let (_, user) = authenticate(context, &key, Access::Read, reading).await?;
    Ok(member::user_shown(&user))
}
