//! `PUT /api/v1/users/{id}`, and `PATCH`

use roster_shared::{
    Directory,
    dialect::{
        Once,
        admin::{self, Refusal},
    },
    domain::Among,
    http::{Answer, Call, Fields},
};

roster_shared::endpoint!("admin-update", admin, update);

async fn update(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let credential = admin::credential(call)?;
    let once = Once::of(call, &credential);
    let reading = admin::path_user(call, directory, credential.account());
    let (_, user) = admin::authorize_once(call, directory, &credential, &once, reading).await?;
    let user = user.ok_or(Refusal::UserNotFound)?;
    let change = admin::user_change(&Fields::read(call)?, &user)?;
    let answering = once.answering(admin::user_updated);
    let user = directory.user_update(user, change, None, Among::Everybody, answering).await?;
    Ok(admin::user_updated(&user))
}
