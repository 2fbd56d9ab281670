//! `DELETE /api/v1/users/{id}`

use roster_dialects::{
    admin::{self, Error},
    http::Response,
};
use roster_domain::{Access, RoleGuard};
use roster_functions::{
    admin::{auth, load},
    request::{Credentials as _, authenticate},
};
use roster_lambda::Context;

roster_lambda::endpoint!("admin-delete", delete, Error);

async fn delete(context: &Context) -> Result<Response, Error> {
    let token = auth::token(&context.request)?;
    let (_, user) = authenticate(context, &token, Access::Write, load::user(context, token.account())).await?;
    context.directory.user_delete(user, RoleGuard::Any).await?;
    Ok(admin::user_deleted())
}
