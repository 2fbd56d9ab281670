//! `GET /api/v2/users/{id}`

use roster_shared::{
    Directory,
    dialect::exceed::{self, Access, Parameters, Refusal, Reply},
    http::Call,
};

roster_shared::endpoint!("exceed-read", exceed, read);

async fn read(call: &Call, directory: &Directory) -> Result<Reply, Refusal> {
    let asked = Parameters::read(call)?;
    let key = exceed::key(call, &asked)?;
    let reading = exceed::by_code_or_id(call, directory, key.account(), &asked);
    let (_, named) = exceed::authorize_while(call, directory, &key, Access::Read, reading).await?;
    let user = named.user(&asked)?;
    asked.checked()?;
    Ok(Reply::User(Box::new(user)))
}
