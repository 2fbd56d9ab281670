//! `POST /api/login`

use roster_dialects::{
    admin::{self, Error, LoginForm},
    http::{Fields, Response},
};
use roster_functions::admin::load;
use roster_lambda::Context;

roster_lambda::endpoint!("admin-login", login, Error, StoreAndHasher);

async fn login(context: &Context) -> Result<Response, Error> {
    let request = &context.request;
    if request.is_too_large() {
        return Err(Error::TooLarge);
    }
    let LoginForm { username, password } = admin::login_form(&Fields::read(request)?)?;
    let account = load::login_account(context).await?;
    let (token, user) = context.directory.login(account, &username, password, &request.source, context.began).await?;
    Ok(admin::signed_in(&token, &user))
}
