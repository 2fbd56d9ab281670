//! `GET /api/users` and `DELETE /api/users/{user_id}`: disabled, and hidden from requests without a valid key

use http::Method;
use roster_dialects::{http::Response, member::Error};
use roster_domain::Access;
use roster_functions::{
    member::auth,
    request::{authenticate, nothing},
};
use roster_lambda::Context;

roster_lambda::endpoint!("member-disabled", disabled, Error);

async fn disabled(context: &Context) -> Result<Response, Error> {
    let key = auth::key(&context.request)?;
    let access = if context.request.method == Method::GET { Access::Read } else { Access::Write };
    authenticate(context, &key, access, nothing::<Error>()).await?;
    Err(Error::Disabled)
}
