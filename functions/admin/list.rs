//! `GET /api/v1/users`

use roster_shared::{
    Directory,
    dialect::admin::{self, Access, Paging, Refusal},
    http::{Answer, Call},
};

roster_shared::endpoint!("admin-list", admin, list);

async fn list(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let credential = admin::credential(call)?;
    let paging = Paging::of(call);
    let reading = admin::users(call, directory, credential.account(), paging);
    let page = admin::authorize_while(call, directory, &credential, Access::Read, reading).await?;
    Ok(admin::users_listed(&page, paging))
}
