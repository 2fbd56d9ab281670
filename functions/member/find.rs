//! `POST /api/users/find`

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

roster_lambda::endpoint!("member-find", find, Error);

async fn find(context: &Context) -> Result<Response, Error> {
    let key = auth::key(&context.request)?;
    let reading = load::user_by_email(context, key.account());
    let (_, user) = authenticate(context, &key, Access::Read, reading).await?;
    Ok(member::user_found(&user))
}
