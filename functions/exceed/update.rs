//! `PUT /api/v2/users/{id}`, `PUT /api/v2/users` with a code, and `PATCH`

use roster_dialects::{
    exceed::{self, Error, Received, Target},
    http::Response,
};
use roster_functions::{
    exceed::{auth, load},
    request::{Credentials as _, authenticate_write},
};
use roster_lambda::Context;

roster_lambda::endpoint!("exceed-update", update, Error);

async fn update(context: &Context) -> Result<Response, Error> {
    let received = Received::read(&context.request)?;
    let key = auth::key(&context.request, &received)?;
    let target = Target::by_code_and_id(&context.request, &received);
    let reading = load::user(context, key.account(), &received, target);
    let (writer, user) = authenticate_write(context, &key, reading).await?;
    let parameters = received.check()?;
    let update = exceed::user_update(parameters, &user, writer.caller.is_administrator)?;
    Ok(writer.user_update(user, update, |_| exceed::done(parameters)).await?)
}
