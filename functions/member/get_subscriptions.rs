//! `POST /api/users/get-subscriptions`

use roster_shared::{
    Directory,
    dialect::member::{self, Access, Refusal},
    http::{Answer, Call},
};

roster_shared::endpoint!("member-get-subscriptions", member, get_subscriptions);

async fn get_subscriptions(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let key = member::key(call)?;
    let email = member::lookup(call);
    let reading = async {
        tokio::try_join!(
            member::email_user(&email, directory, key.account()),
            directory.plan_list(key.account()),
            directory.account_get(key.account()),
        )
    };
    let (user, plans, account) = member::authorize_while(call, directory, &key, Access::Read, reading).await?;
    email?;
    member::subscriptions(user.as_ref(), &plans, account.as_ref())
}
