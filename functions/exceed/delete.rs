//! `DELETE /api/v2/users/{id}`

use roster_dialects::{
    exceed::{self, Error, Received, Target},
    http::Response,
};
use roster_domain::{Access, RoleGuard};
use roster_functions::{
    exceed::{auth, load},
    request::{Credentials as _, authenticate},
};
use roster_lambda::Context;

roster_lambda::endpoint!("exceed-delete", delete, Error);

async fn delete(context: &Context) -> Result<Response, Error> {
    let received = Received::read(&context.request)?;
    let key = auth::key(&context.request, &received)?;
    let reading = load::user(context, key.account(), &received, Target::by_id(&context.request));
    let (caller, user) = authenticate(context, &key, Access::Write, reading).await?;
    let parameters = received.check()?;
    let guard = if caller.is_administrator { RoleGuard::Any } else { RoleGuard::RegularOnly };
    context.directory.user_delete(user, guard).await?;
    Ok(exceed::done(parameters))
}
