//! `roster serve`

use std::{net::SocketAddr, time::Duration};

use anyhow::Context as _;
use dynoxide::Database;
use roster_shared::{
    Directory,
    directory::NewApiKey,
    domain::{AccountId, AccountSettings, ApiKey, Scope, Slug},
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{
    args::ServeArgs,
    connect,
    engine::{self, DataDir},
    gateway::{self, InProcess},
    log,
    template::Template,
};

/// How long requests under way may take to end once we are told to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// Serves until Ctrl-C or SIGTERM.
pub(crate) async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    log::init();
    let stop = stop_signal()?;
    let dynamodb = dynamodb_address(&args)?;
    // Ports first: a busy one is found before anything is written.
    let listener = bind(args.listen, "--listen").await?;
    let dynamodb = match dynamodb {
        Some(address) => Some(bind(address, "--dynamodb-listen").await?),
        None => None,
    };
    let (database, place) = open(&args)?;
    let template = Template::built_in()?;
    let directory = connect::embedded(&database, &template).await.with_context(|| format!("{place} cannot be used"))?;
    let address = listener.local_addr()?;
    println!("Roster {} with its data in {place}", env!("CARGO_PKG_VERSION"));
    if let Some(keys) = first_start(&directory).await.with_context(|| format!("{place} cannot be used"))? {
        keys.print(address);
    }
    let engine = dynamodb.map(|listener| serve_dynamodb(listener, database, stop.clone())).transpose()?;
    println!("listening on http://{address}");
    let gateway = gateway::serve(listener, &template.routes, InProcess(directory), stopped(stop.clone()));
    tokio::select! {
        ended = gateway => ended?,
        () = overdue(stop) => {}
    }
    if let Some(engine) = engine {
        // It closes the data file when its last request is done.
        let _ = tokio::time::timeout(FAREWELL, engine).await;
    }
    Ok(())
}

fn open(args: &ServeArgs) -> anyhow::Result<(Database, String)> {
    if args.memory {
        return Ok((engine::open_in_memory()?, "memory".to_owned()));
    }
    let data = DataDir::create(&args.data)?;
    Ok((engine::open(&data)?, data.file().display().to_string()))
}

fn dynamodb_address(args: &ServeArgs) -> anyhow::Result<Option<SocketAddr>> {
    let address = args.dynamodb_listen.0;
    if let Some(address) = address {
        anyhow::ensure!(
            address.ip().is_loopback() || args.dynamodb_allow_anyone,
            "--dynamodb-listen {address} would let other machines read and write everything, since the engine takes any signature; \
             use a loopback address, or add --dynamodb-allow-anyone if that is what you want"
        );
    }
    Ok(address)
}

async fn bind(address: SocketAddr, option: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another address with {option}"))
}

fn serve_dynamodb(
    listener: TcpListener,
    database: Database,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<tokio::task::JoinHandle<Result<(), String>>> {
    println!("DynamoDB endpoint, for any credentials: http://{}", listener.local_addr()?);
    Ok(tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, stopped(stop))))
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
    tokio::time::sleep(FAREWELL).await;
}

/// What a first start hands out. It is shown once.
struct FirstKeys {
    full: ApiKey,
    read_only: ApiKey,
}

/// Makes account 1 with a sample plan where the directory is empty, and its keys where it has
/// none: a start that was cut short is made up for.
async fn first_start(directory: &Directory) -> anyhow::Result<Option<FirstKeys>> {
    let id = AccountId::new(1);
    if directory.account_get(id).await?.is_none() {
        let settings = AccountSettings { name: "First account".to_owned(), ..AccountSettings::default() };
        if directory.account_create_first(settings).await?.is_some() {
            let slug = Slug::parse("gold-members").context("sample plan")?;
            directory.plan_create(id, "Gold Members".to_owned(), slug, "GOLD-001".to_owned(), true).await?;
        }
    } else if !directory.api_key_list(id).await?.is_empty() {
        return Ok(None);
    }
    let key = |read_only| {
        let new = NewApiKey { scopes: Scope::ALL.to_vec(), read_only, expires_in: None };
        directory.api_key_create(id, new)
    };
    let ((full, _), (read_only, _)) = (key(false).await?, key(true).await?);
    Ok(Some(FirstKeys { full, read_only }))
}

impl FirstKeys {
    fn print(&self, address: SocketAddr) {
        let key = self.full.reveal();
        println!();
        println!("This is the first start: account 1 was made, with the plan gold-members and two API keys.");
        println!("They are shown here once; `roster key create --account 1 …` makes others.");
        println!();
        println!("  full access  {key}");
        println!("  read only    {}", self.read_only.reveal());
        println!();
        println!("Create a user through the member API:");
        println!();
        println!("  curl -sS http://{address}/api/users \\");
        println!("    -H 'Authorization: Bearer {key}' \\");
        println!("    -H 'Content-Type: application/json' \\");
        println!("    -d '{{\"email\":\"ada@example.com\",\"first_name\":\"Ada\",\"last_name\":\"Lovelace\"}}'");
        println!();
    }
}
