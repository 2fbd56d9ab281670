//! `GET /api/v1/users/{id}`

use roster_shared::{
    Directory,
    dialect::admin::{self, Access, Refusal},
    http::{Answer, Call},
};

roster_shared::endpoint!("admin-get", admin, get);

async fn get(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let credential = admin::credential(call)?;
    let reading = admin::path_user(call, directory, credential.account());
    let user = admin::authorize_while(call, directory, &credential, Access::Read, reading).await?;
    admin::user_shown(user.as_ref())
}
