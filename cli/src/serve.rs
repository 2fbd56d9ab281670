//! `roster serve`

use std::{net::SocketAddr, time::Duration};

use anyhow::Context as _;
use dynoxide::Database;
use roster_directory::{Bootstrap, NewApiKey, NewPlan};
use roster_domain::{AccountSettings, ApiKey, Scope, Slug};
use roster_lambda::Directory;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{
    args::ServeArgs,
    connect,
    engine::{self, DataDir, KeyPair, Patience},
    first_calls::first_calls,
    gateway::{self, InProcess},
    log,
    output::report,
    template::Template,
};

/// How long requests in progress may take to end after a stop signal.
const SHUTDOWN_MESSAGE: Duration = Duration::from_secs(5);

/// Serves until Ctrl-C or SIGTERM.
pub(crate) async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    log::init();
    let stop = stop_signal()?;
    let dynamodb = args.dynamodb_listen.0.filter(|_| args.engine.is_none());
    // Ports first, so that a busy one is reported before anything is written.
    let listener = bind(args.listen, "--listen").await?;
    let dynamodb = match dynamodb {
        Some(address) => Some(bind(address, "--dynamodb-listen").await?),
        None => None,
    };
    let template = Template::built_in()?;
    let (database, place) = open(&args)?;
    let directory = match &database {
        Some(database) => connect::embedded(database, Patience::Caller, &template).await,
        None => connect::engine(&place, &template).await,
    };
    let directory = directory.with_context(|| format!("{place} cannot be used"))?;
    let address = listener.local_addr()?;
    report(&format!("Roster {} with its data in {place}", env!("CARGO_PKG_VERSION")));
    match bootstrapped(&directory).await.with_context(|| format!("{place} cannot be used"))? {
        Some(bootstrapping) => report_first_start(&bootstrapping, address),
        None => report(
            "API keys are shown only when they are made; `roster key create --account 1 --scope member` makes one.",
        ),
    }
    let engine = dynamodb.zip(database);
    let engine = engine.map(|(listener, database)| serve_dynamodb(listener, database, &args, stop.clone()));
    let engine = engine.transpose()?;
    report(&format!("listening on http://{address}"));
    let gateway = gateway::serve(listener, &template.routes, InProcess(directory), stopped(stop.clone()));
    tokio::select! {
        ended = gateway => ended?,
        () = overdue(stop) => {}
    }
    if let Some(engine) = engine {
        // The endpoint closes the data file when its last request is done.
        let _ = tokio::time::timeout(SHUTDOWN_MESSAGE, engine).await;
    }
    Ok(())
}

/// The embedded engine, unless an external one is used, and the place where the data is stored.
fn open(args: &ServeArgs) -> anyhow::Result<(Option<Database>, String)> {
    if let Some(engine) = &args.engine {
        return Ok((None, engine.clone()));
    }
    if args.memory {
        return Ok((Some(engine::open_in_memory()?), "memory".to_owned()));
    }
    let data = DataDir::create(&args.data)?;
    Ok((Some(engine::open(&data)?), data.file().display().to_string()))
}

async fn bind(address: SocketAddr, option: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another address with {option}"))
}

fn serve_dynamodb(
    listener: TcpListener,
    database: Database,
    args: &ServeArgs,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<tokio::task::JoinHandle<std::io::Result<()>>> {
    let data = DataDir::create(&args.data).ok().filter(|_| !args.memory);
    let keys = data.as_ref().map_or_else(|| Ok(KeyPair::random()), DataDir::key_pair)?;
    let url = format!("http://{}", listener.local_addr()?);
    report(&format!("DynamoDB endpoint: {url}\n\n{}", keys.aws_cli(&url)));
    if let Some(data) = data {
        report(&format!("\nThe key pair stands in {}, readable by its owner alone.\n", data.credentials().display()));
    }
    Ok(tokio::spawn(engine::serve(listener, database, keys, stopped(stop))))
}

/// Becomes true with the first Ctrl-C or SIGTERM.
fn stop_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let (sender, receiver) = watch::channel(false);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        let _ = sender.send(true);
    });
    Ok(receiver)
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn overdue(stop: watch::Receiver<bool>) {
    stopped(stop).await;
    tokio::time::sleep(SHUTDOWN_MESSAGE).await;
}

/// Bootstraps an empty directory: account 1, a sample plan and two keys, all or nothing. The keys are shown only here.
async fn bootstrapped(directory: &Directory) -> anyhow::Result<Option<Bootstrap>> {
    let settings = AccountSettings { name: "First account".to_owned(), ..AccountSettings::default() };
    let plan = NewPlan {
        name: "Gold Members".to_owned(),
        slug: Slug::parse("gold-members").context("sample plan")?,
        sku: "GOLD-001".to_owned(),
        mobile_push_enabled: true,
    };
    let key = |read_only| NewApiKey { scopes: Scope::ALL.to_vec(), read_only, expires_in: None };
    Ok(directory.bootstrap(settings, plan, [key(false), key(true)]).await?)
}

fn report_first_start(bootstrapping: &Bootstrap, address: SocketAddr) {
    let [full, read_only] = bootstrapping.keys.each_ref().map(ApiKey::reveal);
    report(&format!(
        "
This is the first start: account 1 was made, with the plan gold-members and two API keys.
They are shown here once; `roster key create --account 1 …` makes others.

  full access  {full}
  read only    {read_only}"
    ));
    for call in first_calls(&format!("http://{address}"), &full) {
        report(&format!("\n{}: {}\n\n{}", call.dialect, call.does, call.command));
    }
    report(&format!("\nDocumentation, to be read and to be tried: http://{address}/docs\n"));
}
