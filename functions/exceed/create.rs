//! `POST /api/v2/users`

use std::future::ready;

use roster_shared::{
    Directory,
    dialect::{
        Once,
        exceed::{self, Parameters, Refusal, Reply},
    },
    http::Call,
};

roster_shared::endpoint!("exceed-create", exceed, create, StoreAndHash);

async fn create(call: &Call, directory: &Directory) -> Result<Reply, Refusal> {
    let asked = Parameters::read(call)?;
    let key = exceed::key(call, &asked)?;
    let once = Once::of(call, &key);
    let (caller, ()) = exceed::authorize_once(call, directory, &key, &once, ready(Ok(()))).await?;
    let new = exceed::new_user(asked.checked()?)?;
    let answering = once.answering(|user| exceed::answer(call, Ok(Reply::Created(Box::new(user.clone())))));
    let user = directory.user_create(caller.account, new, answering).await?;
    Ok(Reply::Created(Box::new(user)))
}
