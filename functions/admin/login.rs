//! `POST /api/login`

use roster_shared::{
    Directory,
    dialect::admin::{self, Refusal},
    http::{Answer, Call, Fields},
};

roster_shared::endpoint!("admin-login", admin, login, StoreAndHash);

async fn login(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    if call.is_too_large() {
        return Err(Refusal::TooLarge);
    }
    let given = admin::credentials(&Fields::read(call)?)?;
    let account = admin::login_account(call, directory).await?;
    let (token, user) = directory.login(account, &given.username, given.password, &call.source(), call.began()).await?;
    Ok(admin::signed_in(&token, &user))
}
