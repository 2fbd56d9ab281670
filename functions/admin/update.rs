//! `PUT /api/v1/users/{id}`, and `PATCH`

use roster_dialects::{
    admin::{self, Error},
    http::{Fields, Response},
};
use roster_functions::{
    admin::{auth, load},
    request::{Credentials as _, authenticate_write},
};
use roster_lambda::Context;

roster_lambda::endpoint!("admin-update", update, Error);

async fn update(context: &Context) -> Result<Response, Error> {
    let token = auth::token(&context.request)?;
    let (writer, user) = authenticate_write(context, &token, load::user(context, token.account())).await?;
    let update = admin::user_update(&Fields::read(&context.request)?, &user, context.request.received_at)?;
    Ok(writer.user_update(user, update, admin::user_updated).await?)
}
