//! `PUT /api/v2/users/{id}`, `PUT /api/v2/users` with a code, and `PATCH`

use roster_shared::{
    Directory,
    dialect::exceed::{self, Access, Parameters, Refusal, Reply, Update},
    http::Call,
};

roster_shared::endpoint!("exceed-update", exceed, update);

async fn update(call: &Call, directory: &Directory) -> Result<Reply, Refusal> {
    let asked = Parameters::read(call)?;
    let key = exceed::key(call, &asked)?;
    let reading = exceed::by_code_and_id(call, directory, key.account(), &asked);
    let (caller, named) = exceed::authorize_while(call, directory, &key, Access::Write, reading).await?;
    let user = named.user(&asked)?;
    let id = user.id;
    let Update { change, password, among } = exceed::user_update(asked.checked()?, &user, &caller)?;
    let updated = directory.user_update(user, change, password, among).await;
    updated.map_err(|error| Refusal::of_update(error, id))?;
    Ok(Reply::Done)
}
