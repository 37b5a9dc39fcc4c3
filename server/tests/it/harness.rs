//! A whole server in this process: port 0, a fresh store, the demo tenant, sandbox buyers on their own port, and a
//! clock that tests move. The store is SQLite in a temporary folder, or a fresh database of the PostgreSQL cluster named
//! by `GAVEL_TEST_POSTGRES_URL` for those that ask for it.

use gavel::{
    boot::{Opened, Server},
    cli::{market, market::Market, shelf::Login},
    clock::{Clock, ManualClock},
    config::{Settings, Sources},
    pipeline::Pipeline,
    sandbox::Sandbox,
    security::keys,
    service::people,
    web::Site,
};
use model::{Timestamp, user::Role};
use reqwest::{Client, RequestBuilder, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Where the tests' clock begins: Thursday 7 May 2026, noon in Detroit.
pub const NOON: Timestamp = Timestamp(1_778_169_600_000_000);

/// A running server with everything around it.
pub struct World {
    pub api_key: String,
    pub test_api_key: String,
    pub affiliate_key: String,
    pub clock: Arc<ManualClock>,
    pub opened: Opened,
    pub market: Market,
    pub pipeline: Pipeline,
    pub sandbox: String,
    base: String,
    client: Client,
    stop: CancellationToken,
    served: JoinHandle<()>,
    _sandbox: DropGuard,
    _folder: TempDir,
}

/// The example body of the API's contract, under an id of its own.
pub fn example(external_id: &str) -> Value {
    json!({
        "campaign": "auto-insurance", "external_id": external_id,
        "source": { "sub1": "fb-retarget", "sub2": "ad-77", "click_id": "ef_9a1" },
        "fields": {
            "zip": "48226", "state": "MI", "age": 41, "currently_insured": true, "current_carrier": "Other",
            "vehicle_count": 2, "home_owner": true, "first_name": "Dana", "last_name": "Reyes",
            "email": "dana@example.com", "phone": "(313) 555-0142", "address": "1 Main St",
        },
    })
}

/// An answer of the API.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<String>,
    pub body: Value,
}

impl Answer {
    /// The error in it, which has to have this status and code, and everything an error must have.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let error = &self.body["error"];
        assert_eq!((self.status, error["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert!(error["message"].as_str().is_some_and(|text| text.ends_with('.')), "{}", self.body);
        assert!(error["request_id"].as_str().is_some_and(|id| id.starts_with("req_")), "{}", self.body);
        error.clone()
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A world on a fresh database of the PostgreSQL cluster that the tests are given.
    pub async fn on_postgres() -> Self {
        let url = postgres::fresh_database().await;
        Self::with(|settings| settings.database_url = url).await
    }

    /// Another server on the same store, as on another machine. Only PostgreSQL takes two.
    pub async fn beside(&self) -> Beside {
        let settings = (*self.opened.settings).clone();
        let opened = Opened::open(settings, Arc::clone(&self.clock) as Arc<dyn Clock>).await.expect("the store opens");
        let server = Server::start(&opened, Site::default()).await.expect("the server starts");
        let base = format!("http://{}", server.address().expect("an address"));
        let (stop, pipeline) = (server.stop(), server.pipeline().clone());
        Beside { base, pipeline, stop, served: tokio::spawn(server.run()) }
    }

    /// A world whose settings differ from the defaults.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (sandbox, sandbox_address) = sandbox().await;
        let mut settings = settings(&folder, sandbox_address);
        change(&mut settings);
        let clock = ManualClock::at(NOON);
        let opened = Opened::open(settings, Arc::clone(&clock) as Arc<dyn Clock>).await.expect("the store opens");
        let market = market::make(&opened).await.expect("the demo tenant is made");
        let server = Server::start(&opened, Site::default()).await.expect("the server starts");
        let base = format!("http://{}", server.address().expect("an address"));
        let stop = server.stop();
        let pipeline = server.pipeline().clone();
        // The buyers outlive the server: what is in flight when it stops still has to be answered.
        let sandbox_stop = CancellationToken::new();
        let stopped = sandbox_stop.clone().cancelled_owned();
        let buyers = Sandbox::at(1, Arc::clone(&clock) as Arc<dyn Clock>);
        tokio::spawn(async move { buyers.serve(sandbox, stopped).await });
        let served = tokio::spawn(server.run());
        Self {
            api_key: market.shelf.api_key.clone(),
            test_api_key: market.shelf.test_api_key.clone(),
            affiliate_key: market.shelf.affiliate_key.clone(),
            sandbox: format!("http://{sandbox_address}"),
            client: client(),
            clock,
            opened,
            market,
            pipeline,
            base,
            stop,
            served,
            _sandbox: sandbox_stop.drop_guard(),
            _folder: folder,
        }
    }

    /// Tells the server to stop, as SIGTERM would, and does not wait.
    pub fn halt(&self) {
        self.stop.cancel();
    }

    /// Stops the server as SIGTERM would; everything around it stays.
    pub async fn stopped(&mut self) {
        self.stop.cancel();
        (&mut self.served).await.expect("the server does not panic");
    }

    /// Puts another server in the place of one that has stopped.
    pub fn serve(&mut self, server: Server) {
        self.base = format!("http://{}", server.address().expect("an address"));
        self.stop = server.stop();
        self.pipeline = server.pipeline().clone();
        self.served = tokio::spawn(server.run());
    }

    /// Stops the server as SIGTERM would.
    pub async fn stop(self) {
        self.stop.cancel();
        self.served.await.expect("the server does not panic");
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub async fn answer(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let retry_after = response.headers().get("retry-after").map(|v| v.to_str().expect("text").to_owned());
        let text = response.text().await.expect("a body");
        Answer { status, retry_after, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    pub async fn submit(&self, lead: &Value) -> Answer {
        self.answer(self.client.post(self.url("/api/v1/leads")).bearer_auth(&self.api_key).json(lead)).await
    }

    pub async fn send(&self, kind: &str, body: String) -> Answer {
        let request = self.client.post(self.url("/api/v1/leads")).bearer_auth(&self.api_key);
        self.answer(request.header("content-type", kind).body(body)).await
    }

    /// Sends a body that does not say how long it is.
    pub async fn send_streamed(&self, kind: &str, bytes: usize) -> Answer {
        let chunks = (0..bytes / 1024).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1024]));
        let body = reqwest::Body::wrap_stream(futures::stream::iter(chunks));
        let request = self.client.post(self.url("/api/v1/leads")).bearer_auth(&self.api_key);
        self.answer(request.header("content-type", kind).body(body)).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.answer(self.client.get(self.url(path)).bearer_auth(&self.api_key)).await
    }

    /// What the sandbox's buyers say they bought.
    pub async fn sold_by_buyers(&self) -> Vec<Value> {
        let answer = self.answer(self.client.get(format!("{}/__control/sold", self.sandbox))).await;
        match answer.body {
            Value::Array(sold) => sold,
            Value::Object(mut object) => match object.remove("sold") {
                Some(Value::Array(sold)) => sold,
                other => panic!("unexpected {other:?}"),
            },
            other => panic!("unexpected {other}"),
        }
    }

    /// Revokes a key and waits until the pipeline knows.
    pub async fn revoke(&self, shown: &str) {
        let (_, hash) = keys::hash(shown).expect("a key");
        let row = self.opened.store.find_key(&hash).await.expect("the key is stored");
        let tenant = self.opened.store.tenant(row.tenant_id);
        tenant.revoke_key(row.key.id, self.clock.now()).await.expect("revoked");
        self.pipeline.refresh().await.expect("the configuration is read again");
    }

    pub fn login(&self, role: &str) -> Login {
        let mut logins = self.market.shelf.logins.iter();
        logins.find(|login| login.role == role).cloned().expect("a login of this role")
    }

    pub fn browser(&self) -> Browser {
        Browser {
            base: self.base.clone(),
            client: self.client.clone(),
            cookies: Mutex::default(),
            last: Mutex::default(),
        }
    }

    pub async fn signed_in(&self, role: &str) -> Browser {
        let browser = self.browser();
        browser.sign_in(&self.login(role)).await;
        browser
    }

    /// Somebody of another tenant, signed in.
    pub async fn foreigner(&self) -> Browser {
        let (store, now) = (&self.opened.store, self.clock.now());
        let tenant =
            people::create_tenant(store, &self.opened.vault, now, "other", "Other", "UTC").await.expect("made");
        let login = Login {
            role: "admin".into(),
            email: "admin@other.example".into(),
            password: "a password of the other".into(),
        };
        let person = (login.email.as_str(), "Olga Other", Role::Admin);
        people::create_user(store, now, tenant.id, person, login.password.clone()).await.expect("made");
        let browser = self.browser();
        browser.sign_in(&login).await;
        browser
    }

    /// What unmasking a lead shows to somebody.
    pub async fn reveal(&self, browser: &Browser, lead: &str) -> String {
        browser.get(&format!("/leads/{lead}?show=personal")).await.text
    }
}

/// Another server on the store of a [`World`].
pub struct Beside {
    pub base: String,
    pub pipeline: Pipeline,
    stop: CancellationToken,
    served: JoinHandle<()>,
}

impl Beside {
    pub async fn stop(self) {
        self.stop.cancel();
        self.served.await.expect("the server does not panic");
    }
}

mod postgres {
    use sqlx::{AnyPool, AssertSqlSafe};

    /// The address of a new, empty database.
    pub async fn fresh_database() -> String {
        #[allow(clippy::disallowed_methods)] // not a setting of the server
        let cluster = std::env::var("GAVEL_TEST_POSTGRES_URL")
            .expect("GAVEL_TEST_POSTGRES_URL names a throw-away PostgreSQL cluster: run the tests with `make test`");
        sqlx::any::install_default_drivers();
        let name = format!("gavel_it_{}", hex::encode(gavel::clock::random::<8>()));
        let pool = AnyPool::connect(&cluster).await.expect("the cluster answers");
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await.expect("made");
        pool.close().await;
        let mut url = url::Url::parse(&cluster).expect("an address");
        url.set_path(&name);
        url.into()
    }
}

async fn sandbox() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

fn settings(folder: &TempDir, sandbox: SocketAddr) -> Settings {
    let sources = Sources { flag: &|_| None, variable: &|_| None, file: None };
    let mut settings = Settings::read(&sources).expect("the defaults are right");
    settings.data_dir = folder.path().to_owned();
    settings.master_key_file = folder.path().join("master.key");
    settings.database_url = format!("sqlite://{}", folder.path().join("gavel.db").display());
    settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    settings.sandbox_listen = sandbox;
    market::with_sandbox_allowed(settings)
}

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(Policy::none()).build().expect("a client")
}

/// A browser with its cookies and without script.
pub struct Browser {
    base: String,
    client: Client,
    cookies: Mutex<Vec<(String, String)>>,
    last: Mutex<String>,
}

/// A page or the answer to a form.
pub struct Page {
    pub status: StatusCode,
    pub location: Option<String>,
    pub text: String,
    headers: reqwest::header::HeaderMap,
}

impl Page {
    /// Whether it leads to the sign-in page, by redirect or by what it says.
    pub fn goes_to_sign_in(&self) -> bool {
        self.location.as_deref().is_some_and(|to| to.contains("sign-in"))
            || self.text.contains("action=\"/ui/sign-in\"")
    }

    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }
}

impl Browser {
    pub async fn get(&self, path: &str) -> Page {
        self.send(self.client.get(format!("{}{path}", self.base))).await
    }

    /// Sends a form from our own page.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        self.post_with(path, form, &[("sec-fetch-site", "same-origin")]).await
    }

    pub async fn post_with(&self, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Page {
        let referer = format!("{}{}", self.base, self.last.lock().expect("no panic"));
        let request = self.client.post(format!("{}{path}", self.base)).form(form).header("referer", referer);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request).await
    }

    /// Follows a redirect, if it is one.
    pub async fn follow(&self, page: Page) -> Page {
        let Some(location) = page.location.clone() else { return page };
        let path = location.strip_prefix(&self.base).unwrap_or(&location).to_owned();
        self.get(&path).await
    }

    pub async fn sign_in(&self, login: &Login) -> Page {
        self.post("/ui/sign-in", &[("email", &login.email), ("password", &login.password)]).await
    }

    /// The cookies as they are sent.
    pub fn cookie(&self) -> String {
        let cookies = self.cookies.lock().expect("no panic");
        let sent = cookies.iter().filter(|(name, _)| name != "set-cookie");
        sent.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub fn plant_cookie(&self, pair: &str) {
        let (name, value) = pair.split_once('=').expect("name=value");
        self.keep(name, value);
    }

    /// The last cookie that was set, with its attributes.
    pub fn set_cookie(&self) -> String {
        self.cookies
            .lock()
            .expect("no panic")
            .iter()
            .find(|(name, _)| name == "set-cookie")
            .expect("a cookie")
            .1
            .clone()
    }

    fn keep(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().expect("no panic");
        cookies.retain(|(have, _)| have != name);
        cookies.push((name.to_owned(), value.to_owned()));
    }

    async fn send(&self, request: RequestBuilder) -> Page {
        let request = request.header("accept", "text/html").header("cookie", self.cookie());
        let response = request.send().await.expect("an answer");
        for cookie in response.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            self.keep("set-cookie", cookie);
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("name=value");
            self.keep(name, value);
        }
        let location = response.headers().get("location").map(|value| value.to_str().expect("text").to_owned());
        let path = response.url().path().to_owned();
        let (status, headers) = (response.status(), response.headers().clone());
        if headers.get("content-type").is_some_and(|kind| kind.to_str().unwrap_or_default().contains("html")) {
            *self.last.lock().expect("no panic") = path;
        }
        Page { status, location, text: response.text().await.expect("a body"), headers }
    }
}
