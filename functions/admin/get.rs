//! `GET /api/v1/users/{id}`

use roster_dialects::{
    admin::{self, Error},
    http::Response,
};
use roster_domain::Access;
use roster_functions::{
    admin::{auth, load},
    request::{Credentials as _, authenticate},
};
use roster_lambda::Context;

roster_lambda::endpoint!("admin-get", get, Error);

async fn get(context: &Context) -> Result<Response, Error> {
    let token = auth::token(&context.request)?;
    let (_, user) = authenticate(context, &token, Access::Read, load::user(context, token.account())).await?;
    Ok(admin::user_shown(&user))
}
