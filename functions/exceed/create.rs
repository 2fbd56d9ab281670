//! `POST /api/v2/users`

use roster_dialects::{
    exceed::{self, Error, Received},
    http::Response,
};
use roster_functions::{
    exceed::auth,
    request::{authenticate_write, nothing},
};
use roster_lambda::Context;

roster_lambda::endpoint!("exceed-create", create, Error, StoreAndHasher);

async fn create(context: &Context) -> Result<Response, Error> {
    let received = Received::read(&context.request)?;
    let key = auth::key(&context.request, &received)?;
    let (writer, ()) = authenticate_write(context, &key, nothing::<Error>()).await?;
    let parameters = received.check()?;
    let new = exceed::new_user(parameters)?;
    Ok(writer.user_create(new, |user| exceed::user_created(parameters, user)).await?)
}
