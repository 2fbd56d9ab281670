//! `GET /api/v1/users`

use roster_dialects::{
    admin::{self, Error, Paging},
    http::Response,
};
use roster_domain::Access;
use roster_functions::{
    admin::auth,
    request::{Credentials as _, authenticate},
};
use roster_lambda::Context;

roster_lambda::endpoint!("admin-list", list, Error);

async fn list(context: &Context) -> Result<Response, Error> {
    let token = auth::token(&context.request)?;
    let paging = Paging::of(&context.request);
    let reading = async {
        let (offset, limit) = (paging.offset(), paging.per_page);
        Ok::<_, Error>(context.directory.user_list(token.account(), offset, limit, context.authenticated()).await?)
    };
    let (_, page) = authenticate(context, &token, Access::Read, reading).await?;
    Ok(admin::users_listed(&page, paging))
}
