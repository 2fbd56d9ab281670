//! `POST /api/users`

use roster_dialects::{
    http::{Fields, Response},
    member::{self, Error},
};
use roster_functions::{
    member::auth,
    request::{authenticate_write, nothing},
};
use roster_lambda::Context;

roster_lambda::endpoint!("member-create", create, Error, StoreAndHasher);

async fn create(context: &Context) -> Result<Response, Error> {
    let key = auth::key(&context.request)?;
    let (writer, ()) = authenticate_write(context, &key, nothing::<Error>()).await?;
    let new = member::new_user(&Fields::read(&context.request)?)?;
    Ok(writer.user_create(new, member::user_created).await?)
}
