//! `PUT /api/users/{user_id}`, and `PATCH`

use roster_shared::{
    Directory,
    dialect::member::{self, Access, Refusal},
    domain::Among,
    http::{Answer, Call, Fields},
};

roster_shared::endpoint!("member-update", member, update);

async fn update(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let key = member::key(call)?;
    let reading = member::path_user(call, directory, key.account());
    let user = member::authorize_while(call, directory, &key, Access::Write, reading).await?;
    let user = member::writable(user)?;
    let (change, password) = member::user_change(&Fields::read(call)?)?;
    directory.user_update(user, change, password, Among::Regular).await?;
    Ok(member::user_updated())
}
