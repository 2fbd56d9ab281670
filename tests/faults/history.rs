//! Sixteen clients on few users and few names, with faults and restarts: their responses are those of some sequential
//! order of their requests, for each user and for each name.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use roster_cli::gateway::InProcess;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::linear::{self, Model, Timed};
use testkit::{
    Account, Server,
    faults::{Bug, Fault, Faults, When},
    function::{Answer, FunctionClient, FunctionRequest},
    raw_tables, roster, wire,
};

const CLIENTS: u64 = 16;
const REQUESTS: usize = 40;
const NAMES: u64 = 5;
/// Of the users made last, those that requests are about.
const USERS: usize = 5;
/// How often a request is sent until its outcome is known: far more often than it takes.
const TRIES: usize = 10_000;

/// What a client learned of a user.
#[derive(Clone, Debug)]
enum OfUser {
    Made(String),
    Changed(String),
    Deleted,
    /// Deleted by this request, or before it: an answer was lost.
    GoneBy,
    Seen(Option<String>),
    /// A change found no user.
    Missing,
    /// A change of which a response was lost found no user: it had no effect, or the user was deleted after it.
    PerhapsChanged(String),
}

/// A user: not made yet, with this first name, or gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
enum User {
    #[default]
    Unborn,
    Alive(String),
    Gone,
}

impl Model for User {
    type State = Self;
    type Call = OfUser;

    fn step(state: &Self, call: &OfUser) -> Option<Self> {
        match (call, state) {
            (OfUser::Made(name), Self::Unborn)
            | (OfUser::Changed(name) | OfUser::PerhapsChanged(name), Self::Alive(_)) => Some(Self::Alive(name.clone())),
            (OfUser::Deleted | OfUser::GoneBy, Self::Alive(_)) | (OfUser::GoneBy, Self::Gone) => Some(Self::Gone),
            (OfUser::Seen(Some(seen)), Self::Alive(name)) if seen == name => Some(state.clone()),
            (OfUser::Seen(None) | OfUser::Missing | OfUser::PerhapsChanged(_), Self::Unborn | Self::Gone) => {
                Some(state.clone())
            }
            _ => None,
        }
    }
}

/// What a client learned of a name.
#[derive(Clone, Debug)]
enum OfName {
    /// It is now this user's.
    Taken(u64),
    /// Somebody else has it.
    Refused(Option<u64>),
    /// Whose it is.
    Found(Option<u64>),
    /// This user has it no more, if it had it.
    Left(u64),
}

/// Whose a name is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Name(Option<u64>);

impl Model for Name {
    type State = Self;
    type Call = OfName;

    fn step(Self(holder): &Self, call: &OfName) -> Option<Self> {
        match call {
            OfName::Taken(user) => holder.is_none_or(|holder| holder == *user).then_some(Self(Some(*user))),
            OfName::Refused(own) => (holder.is_some() && holder != own).then_some(Self(*holder)),
            OfName::Found(found) => (found == holder).then_some(Self(*holder)),
            OfName::Left(user) => Some(Self(holder.filter(|holder| holder != user))),
        }
    }
}

/// What all clients learned, by its subject.
#[derive(Default)]
struct History {
    users: BTreeMap<u64, Vec<Timed<OfUser>>>,
    names: BTreeMap<u64, Vec<Timed<OfName>>>,
    /// The ids of those who were made, in order.
    made: Vec<u64>,
}

impl History {
    /// What contradicts itself.
    fn violations(&self) -> Vec<String> {
        let users = self
            .users
            .iter()
            .filter_map(|(id, calls)| linear::check::<User>(calls).err().map(|stuck| format!("user {id}: {stuck}")));
        let names = self.names.iter().filter_map(|(name, calls)| {
            linear::check::<Name>(calls).err().map(|stuck| format!("name {name}: {stuck}"))
        });
        users.chain(names).collect()
    }
}

#[derive(Clone)]
struct World {
    functions: InProcess,
    client: FunctionClient,
    history: Arc<Mutex<History>>,
    clock: Arc<AtomicU64>,
    faults: Faults,
    /// How often the engine was killed.
    kills: Arc<AtomicU64>,
    /// How many requests have had their answer.
    answered: watch::Sender<usize>,
    /// Whether a request is sent again until its outcome is known.
    is_patient: bool,
}

impl World {
    fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    /// Asks until there is a definite answer; whether one was lost on the way. (The embedded engine forgets
    /// the tokens of transactions when it is killed, so what is sent again then is carried out again.)
    async fn send(&self, asked: &FunctionRequest) -> (Answer, bool) {
        let kills = || self.kills.load(Ordering::SeqCst);
        let before = kills();
        let mut attempt = 0;
        loop {
            let answer = self.client.send(&self.functions, asked).await;
            assert!(answer.status < 500 || answer.status == 503, "{asked:?}: {} {}", answer.status, answer.body);
            attempt += 1;
            if answer.status != 503 || !self.is_patient {
                self.answered.send_modify(|answered| *answered += 1);
                return (answer, attempt > 1 || kills() > before);
            }
            assert!(attempt < TRIES, "{asked:?} is never answered");
            self.faults.engine().is_there().await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// One client's requests.
    async fn work(self, client: u64, seed: u64) {
        let mut rng = StdRng::seed_from_u64(seed.wrapping_mul(31).wrapping_add(client));
        for number in 0..REQUESTS {
            let token = format!("c{client}n{number}");
            let name = rng.random_range(0..NAMES);
            let id = {
                let history = self.history.lock().unwrap();
                let recent = &history.made[history.made.len().saturating_sub(USERS)..];
                if recent.is_empty() { None } else { Some(recent[rng.random_range(0..recent.len())]) }
            };
            match (rng.random_range(0..10), id) {
                (0..2, _) | (_, None) => self.create(name, &token).await,
                (2, Some(id)) => self.delete(id, rng.random()).await,
                (3..5, Some(id)) => self.change(id, None, &token).await,
                (5, Some(id)) => self.change(id, Some(name), &token).await,
                (6..8, Some(id)) => self.get(id, rng.random()).await,
                (_, Some(_)) => self.find(name).await,
            }
        }
    }

    async fn create(&self, name: u64, token: &str) {
        let body = json!({"email": email(name), "first_name": token});
        let asked = FunctionRequest {
            request_key: Some(token.to_owned()),
            ..FunctionRequest::new("member-create", json!({}), "", body)
        };
        let began = self.now();
        let (answer, _) = self.send(&asked).await;
        let ended = self.now();
        let mut history = self.history.lock().unwrap();
        let reported = |call| Timed { call, began, ended };
        match answer.status {
            201 => {
                let id = answer.json()["user_id"].as_u64().unwrap();
                history.made.push(id);
                history.users.entry(id).or_default().push(Timed { call: OfUser::Made(token.to_owned()), began, ended });
                history.names.entry(name).or_default().push(reported(OfName::Taken(id)));
            }
            422 => history.names.entry(name).or_default().push(reported(OfName::Refused(None))),
            503 if !self.is_patient => {}
            status => panic!("create: {status} {}", answer.body),
        }
    }

    async fn change(&self, id: u64, name: Option<u64>, token: &str) {
        let mut body = json!({"first_name": token});
        if let Some(name) = name {
            body["email"] = json!(email(name));
        }
        let asked = FunctionRequest::new("member-update", json!({"user_id": id.to_string()}), "", body);
        let asked = FunctionRequest { request_key: Some(token.to_owned()), ..asked };
        let began = self.now();
        let (answer, was_lost) = self.send(&asked).await;
        let ended = self.now();
        let mut history = self.history.lock().unwrap();
        let of_user = |call| Timed { call, began, ended };
        let of_name = |call| Timed { call, began, ended };
        match (answer.status, name) {
            (200, moved) => {
                history.users.entry(id).or_default().push(of_user(OfUser::Changed(token.to_owned())));
                for other in moved.into_iter().flat_map(|name| (0..NAMES).filter(move |other| *other != name)) {
                    history.names.entry(other).or_default().push(of_name(OfName::Left(id)));
                }
                if let Some(name) = moved {
                    history.names.entry(name).or_default().push(of_name(OfName::Taken(id)));
                }
            }
            (404, _) if was_lost => {
                history.users.entry(id).or_default().push(of_user(OfUser::PerhapsChanged(token.to_owned())));
            }
            (404, _) => history.users.entry(id).or_default().push(of_user(OfUser::Missing)),
            (503, _) if !self.is_patient => {}
            (422, Some(name)) => history.names.entry(name).or_default().push(of_name(OfName::Refused(Some(id)))),
            (status, _) => panic!("update: {status} {}", answer.body),
        }
    }

    async fn delete(&self, id: u64, through_admin: bool) {
        let function = if through_admin { "admin-delete" } else { "exceed-delete" };
        let began = self.now();
        let (answer, was_lost) =
            self.send(&FunctionRequest::new(function, json!({"id": id.to_string()}), "", json!({}))).await;
        let ended = self.now();
        let mut history = self.history.lock().unwrap();
        let call = match (answer.status, was_lost) {
            (200, _) => OfUser::Deleted,
            (404, true) => OfUser::GoneBy,
            (404, false) => OfUser::Missing,
            (503, _) if !self.is_patient => return,
            (status, _) => panic!("delete: {status} {}", answer.body),
        };
        if !matches!(call, OfUser::Missing) {
            for name in 0..NAMES {
                history.names.entry(name).or_default().push(Timed { call: OfName::Left(id), began, ended });
            }
        }
        history.users.entry(id).or_default().push(Timed { call, began, ended });
    }

    async fn get(&self, id: u64, through_admin: bool) {
        let function = if through_admin { "admin-get" } else { "member-get" };
        let variables = json!({"id": id.to_string(), "user_id": id.to_string()});
        let began = self.now();
        let (answer, _) = self.send(&FunctionRequest::new(function, variables, "", json!({}))).await;
        let ended = self.now();
        let document = answer.json();
        let shown = if through_admin { &document["data"] } else { &document };
        let seen = match answer.status {
            200 => Some(shown["first_name"].as_str().unwrap().to_owned()),
            404 => None,
            503 if !self.is_patient => return,
            status => panic!("get: {status} {}", answer.body),
        };
        let mut history = self.history.lock().unwrap();
        history.users.entry(id).or_default().push(Timed { call: OfUser::Seen(seen), began, ended });
    }

    async fn find(&self, name: u64) {
        let began = self.now();
        let (answer, _) =
            self.send(&FunctionRequest::new("member-find", json!({}), "", json!({"email": email(name)}))).await;
        let ended = self.now();
        if answer.status == 503 && !self.is_patient {
            return;
        }
        let found = answer.json().get("user_id").and_then(Value::as_u64);
        let mut history = self.history.lock().unwrap();
        history.names.entry(name).or_default().push(Timed { call: OfName::Found(found), began, ended });
    }
}

fn email(name: u64) -> String {
    format!("name{name}@example.com")
}

/// What the clients do to one server, which is killed so many times meanwhile.
fn run(seed: u64, bug: Bug, percent: u32, restarts: usize) -> History {
    let mut server = Server::start_alone();
    let account = Account::create(&server.url, server.data(), &[]);
    let data = server.data().to_owned();
    let faults = Faults::with_bug(&server.dynamodb, bug);
    let common = [
        Fault::Throttled,
        Fault::Internal,
        Fault::LostBefore,
        Fault::LostAfter,
        Fault::SilentAfter,
        Fault::Conflict,
        Fault::IndexLags,
        Fault::Slow,
    ];
    let connector = faults.plan("clients", &common, When::Often { percent, seed });
    let world = World {
        functions: InProcess(raw_tables::directory_through(connector)),
        client: FunctionClient { account: account.id.clone(), key: account.key.clone() },
        history: Arc::default(),
        clock: Arc::default(),
        faults: faults.clone(),
        kills: Arc::default(),
        answered: watch::Sender::default(),
        // A broken store contradicts itself for ever.
        is_patient: bug == Bug::None,
    };
    std::thread::scope(|scope| {
        let clients = scope.spawn(|| {
            wire::paused_runtime().block_on(async {
                let mut working = tokio::task::JoinSet::new();
                (0..CLIENTS).for_each(|client| {
                    working.spawn(world.clone().work(client, seed));
                });
                while let Some(done) = working.join_next().await {
                    done.unwrap();
                }
            });
        });
        let mut answered = world.answered.subscribe();
        let watching = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for restart in 1..=restarts {
            // Spread over the requests, however long they take.
            let due = CLIENTS as usize * REQUESTS * restart / (restarts + 1);
            watching.block_on(answered.wait_for(|answered| *answered >= due)).unwrap();
            faults.engine().go_over_to(None);
            server.kill();
            // Counted after the kill: a request that began just before it may have lost a response, and ends only once the
            // next engine is there.
            world.kills.fetch_add(1, Ordering::SeqCst);
            let restarted = Server::start(&data);
            faults.engine().go_over_to(Some(&restarted.dynamodb));
            // The first server owns the directory; it stays, dead, until the end.
            std::mem::forget(std::mem::replace(&mut server, restarted));
        }
        clients.join().unwrap();
    });
    assert_eq!(*world.answered.borrow(), CLIENTS as usize * REQUESTS);
    if bug == Bug::None {
        let verified = roster(&data, &["verify"]);
        assert!(verified.ends_with("all agree"), "{verified}");
    }
    drop(server);
    if restarts > 0 {
        let _ = std::fs::remove_dir_all(data);
    }
    std::mem::take(&mut *world.history.lock().unwrap())
}

/// The same requests and faults each time, unless `ROSTER_SEED` names others.
fn seed() -> u64 {
    let seed = std::env::var("ROSTER_SEED").map_or(1, |seed| seed.parse().unwrap());
    println!("ROSTER_SEED={seed} brings the same requests and faults about");
    seed
}

#[test]
fn responses_are_those_of_some_sequential_order() {
    let history = run(seed(), Bug::None, 6, 3);
    assert_eq!(history.violations(), Vec::<String>::new());
    // The first create of all meets a free name.
    assert!(!history.made.is_empty());
}

#[test]
fn a_store_that_loses_claims_doubles_names_or_reads_what_was_is_found_out() {
    let seed = seed();
    for bug in [Bug::LosesClaims, Bug::ForgetsConditions, Bug::ReadsWhatWas] {
        // Whether requests meet is a matter of the moment: of so many runs one finds it.
        let found = (0..50).find(|turn| !run(seed + turn, bug, 0, 0).violations().is_empty());
        println!("{bug:?} is found by run {found:?}");
        assert!(found.is_some(), "{bug:?} is not found out");
    }
}
