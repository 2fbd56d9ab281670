//! `POST /api/v2/users`

use roster_shared::{
    Directory,
    dialect::exceed::{self, Access, Parameters, Refusal, Reply},
    http::Call,
};

roster_shared::endpoint!("exceed-create", exceed, create);

async fn create(call: &Call, directory: &Directory) -> Result<Reply, Refusal> {
    let asked = Parameters::read(call)?;
    let key = exceed::key(call, &asked)?;
    let caller = exceed::authorize(call, directory, &key, Access::Write).await?;
    let new = exceed::new_user(asked.checked()?)?;
    let user = directory.user_create(caller.account, new).await?;
    Ok(Reply::Created(Box::new(user)))
}
