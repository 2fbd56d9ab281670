//! `GET /api/v2/users`

use roster_shared::{
    Directory,
    dialect::exceed::{self, Access, Parameters, Refusal, Reply},
    http::Call,
};

roster_shared::endpoint!("exceed-list", exceed, list);

async fn list(call: &Call, directory: &Directory) -> Result<Reply, Refusal> {
    let asked = Parameters::read(call)?;
    let key = exceed::key(call, &asked)?;
    let reading = exceed::users(call, directory, key.account(), &asked);
    let (_, users) = exceed::authorize_while(call, directory, &key, Access::Read, reading).await?;
    exceed::users_listed(directory, users, asked.checked()?).await
}
