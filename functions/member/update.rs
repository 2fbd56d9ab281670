//! `PUT /api/users/{user_id}`, and `PATCH`

use roster_shared::{
    Directory,
    dialect::{
        Once,
        member::{self, Refusal},
    },
    domain::Among,
    http::{Answer, Call, Fields},
};

roster_shared::endpoint!("member-update", member, update);

async fn update(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let key = member::key(call)?;
    let once = Once::of(call, &key);
    let reading = member::path_user(call, directory, key.account());
    let (_, user) = member::authorize_once(call, directory, &key, &once, reading).await?;
    let user = member::writable(user)?;
    let (change, password) = member::user_change(&Fields::read(call)?)?;
    let answering = once.answering(|_| member::user_updated());
    directory.user_update(user, change, password, Among::Regular, answering).await?;
    Ok(member::user_updated())
}
