//! `PUT /api/v1/users/{id}`, and `PATCH`

use roster_shared::{
    Directory,
    dialect::admin::{self, Access, Refusal},
    domain::Among,
    http::{Answer, Call, Fields},
};

roster_shared::endpoint!("admin-update", admin, update);

async fn update(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let credential = admin::credential(call)?;
    let reading = admin::path_user(call, directory, credential.account());
    let user = admin::authorize_while(call, directory, &credential, Access::Write, reading).await?;
    let user = user.ok_or(Refusal::UserNotFound)?;
    let change = admin::user_change(&Fields::read(call)?, &user)?;
    let user = directory.user_update(user, change, None, Among::Everybody).await?;
    Ok(admin::user_updated(&user))
}
