//! `POST /api/v1/users`

use roster_dialects::{
    admin::{self, Error},
    http::{Fields, Response},
};
use roster_functions::{
    admin::auth,
    request::{authenticate_write, nothing},
};
use roster_lambda::Context;

roster_lambda::endpoint!("admin-create", create, Error, StoreAndHasher);

async fn create(context: &Context) -> Result<Response, Error> {
    let token = auth::token(&context.request)?;
    let (writer, ()) = authenticate_write(context, &token, nothing::<Error>()).await?;
    let new = admin::new_user(&Fields::read(&context.request)?, context.request.received_at)?;
    Ok(writer.user_create(new, admin::user_created).await?)
}
