//! `POST /api/users/get-subscriptions`

use roster_dialects::{
    http::Response,
    member::{self, Error},
};
use roster_domain::Access;
use roster_functions::{
    member::{auth, load},
    request::{Credentials as _, authenticate},
};
use roster_lambda::Context;

roster_lambda::endpoint!("member-get-subscriptions", get_subscriptions, Error);

async fn get_subscriptions(context: &Context) -> Result<Response, Error> {
    let key = auth::key(&context.request)?;
    let account = key.account();
    let reading = async {
        let plans = async { Ok(context.directory.plan_list(account).await?) };
        let settings = async { Ok(context.directory.account_get(account).await?) };
        tokio::try_join!(load::user_by_email(context, account), plans, settings)
    };
    let (_, (user, plans, account)) = authenticate(context, &key, Access::Read, reading).await?;
    Ok(member::user_subscriptions(&user, &plans, account.as_ref()))
}
