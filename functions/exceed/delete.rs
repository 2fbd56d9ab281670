//! `DELETE /api/v2/users/{id}`

use roster_shared::{
    Directory,
    dialect::exceed::{self, Access, Parameters, Refusal, Reply},
    domain::Among,
    http::Call,
};

roster_shared::endpoint!("exceed-delete", exceed, delete);

async fn delete(call: &Call, directory: &Directory) -> Result<Reply, Refusal> {
    let asked = Parameters::read(call)?;
    let key = exceed::key(call, &asked)?;
    let reading = exceed::by_id(call, directory, key.account());
    let (caller, named) = exceed::authorize_while(call, directory, &key, Access::Write, reading).await?;
    let user = named.user(&asked)?;
    asked.checked()?;
    let id = user.id;
    let among = if caller.administers { Among::Everybody } else { Among::Regular };
    directory.user_delete(user, among).await.map_err(|error| Refusal::of_delete(error, id))?;
    Ok(Reply::Done)
}
