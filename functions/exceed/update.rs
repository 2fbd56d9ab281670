//! `PUT /api/v2/users/{id}`, `PUT /api/v2/users` with a code, and `PATCH`

use roster_shared::{
    Directory,
    dialect::{
        Once,
        exceed::{self, Parameters, Refusal, Reply, Update},
    },
    http::Call,
};

roster_shared::endpoint!("exceed-update", exceed, update);

async fn update(call: &Call, directory: &Directory) -> Result<Reply, Refusal> {
    let asked = Parameters::read(call)?;
    let key = exceed::key(call, &asked)?;
    let once = Once::of(call, &key);
    let reading = exceed::by_code_and_id(call, directory, key.account(), &asked);
    let (caller, named) = exceed::authorize_once(call, directory, &key, &once, reading).await?;
    let user = named.user(&asked)?;
    let id = user.id;
    let Update { change, password, among } = exceed::user_update(asked.checked()?, &user, &caller)?;
    let answering = once.answering(|_| exceed::answer(call, Ok(Reply::Done)));
    let updated = directory.user_update(user, change, password, among, answering).await;
    updated.map_err(|error| Refusal::of_update(error, id))?;
    Ok(Reply::Done)
}
