//! `POST /api/users`

use roster_shared::{
    Directory,
    dialect::member::{self, Access, Refusal},
    http::{Answer, Call, Fields},
};

roster_shared::endpoint!("member-create", member, create);

async fn create(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let key = member::key(call)?;
    let caller = member::authorize(call, directory, &key, Access::Write).await?;
    let new = member::new_user(&Fields::read(call)?)?;
    let user = directory.user_create(caller.account, new).await?;
    Ok(member::user_created(user.id))
}
