//! `POST /api/v1/users`

use roster_shared::{
    Directory,
    dialect::admin::{self, Access, Refusal},
    http::{Answer, Call, Fields},
};

roster_shared::endpoint!("admin-create", admin, create);

async fn create(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let credential = admin::credential(call)?;
    let caller = admin::authorize(call, directory, &credential, Access::Write).await?;
    let new = admin::new_user(&Fields::read(call)?)?;
    let user = directory.user_create(caller.account, new).await?;
    Ok(admin::user_created(&user))
}
