//! `GET /api/v2/users/deletions`

use roster_shared::{
    Directory,
    dialect::exceed::{self, Access, Parameters, Refusal, Reply},
    http::Call,
};

roster_shared::endpoint!("exceed-deletions", exceed, deletions);

async fn deletions(call: &Call, directory: &Directory) -> Result<Reply, Refusal> {
    let asked = Parameters::read(call)?;
    let key = exceed::key(call, &asked)?;
    let reading = exceed::deletions(directory, key.account(), &asked);
    let (_, (deletions, zone)) = exceed::authorize_while(call, directory, &key, Access::Read, reading).await?;
    asked.checked()?;
    exceed::deletions_listed(directory, deletions, zone).await
}
