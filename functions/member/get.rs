//! `GET /api/users/{user_id}`

use roster_shared::{
    Directory,
    dialect::member::{self, Access, Refusal},
    http::{Answer, Call},
};

roster_shared::endpoint!("member-get", member, get);

async fn get(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let key = member::key(call)?;
    let reading = member::path_user(call, directory, key.account());
    let user = member::authorize_while(call, directory, &key, Access::Read, reading).await?;
    member::user_shown(user.as_ref())
}
