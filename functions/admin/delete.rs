//! `DELETE /api/v1/users/{id}`

use roster_shared::{
    Directory,
    dialect::admin::{self, Access, Refusal},
    domain::Among,
    http::{Answer, Call},
};

roster_shared::endpoint!("admin-delete", admin, delete);

async fn delete(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let credential = admin::credential(call)?;
    let reading = admin::path_user(call, directory, credential.account());
    let user = admin::authorize_while(call, directory, &credential, Access::Write, reading).await?;
    let user = user.ok_or(Refusal::UserNotFound)?;
    directory.user_delete(user, Among::Everybody).await?;
    Ok(admin::user_deleted())
}
