//! `POST /api/users`

use std::future::ready;

use roster_shared::{
    Directory,
    dialect::{
        Once,
        member::{self, Refusal},
    },
    http::{Answer, Call, Fields},
};

roster_shared::endpoint!("member-create", member, create, StoreAndHash);

async fn create(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let key = member::key(call)?;
    let once = Once::of(call, &key);
    let (caller, ()) = member::authorize_once(call, directory, &key, &once, ready(Ok(()))).await?;
    let new = member::new_user(&Fields::read(call)?)?;
    let answering = once.answering(member::user_created);
    let user = directory.user_create(caller.account, new, answering).await?;
    Ok(member::user_created(&user))
}
