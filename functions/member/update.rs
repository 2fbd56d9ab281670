//! `PUT /api/users/{user_id}`, and `PATCH`

use roster_dialects::{
    http::{Fields, Response},
    member::{self, Error},
};
use roster_functions::{
    member::{auth, load},
    request::{Credentials as _, authenticate_write},
};
use roster_lambda::Context;

roster_lambda::endpoint!("member-update", update, Error);

async fn update(context: &Context) -> Result<Response, Error> {
    let key = auth::key(&context.request)?;
    let (writer, user) = authenticate_write(context, &key, load::writable_user(context, key.account())).await?;
    let update = member::user_update(&Fields::read(&context.request)?)?;
    Ok(writer.user_update(user, update, member::user_updated).await?)
}
