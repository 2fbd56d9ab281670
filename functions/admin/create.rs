//! `POST /api/v1/users`

use std::future::ready;

use roster_shared::{
    Directory,
    dialect::{
        Once,
        admin::{self, Refusal},
    },
    http::{Answer, Call, Fields},
};

roster_shared::endpoint!("admin-create", admin, create, StoreAndHash);

async fn create(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let credential = admin::credential(call)?;
    let once = Once::of(call, &credential);
    let (caller, ()) = admin::authorize_once(call, directory, &credential, &once, ready(Ok(()))).await?;
    let new = admin::new_user(&Fields::read(call)?)?;
    let answering = once.answering(admin::user_created);
    let user = directory.user_create(caller.account, new, answering).await?;
    Ok(admin::user_created(&user))
}
