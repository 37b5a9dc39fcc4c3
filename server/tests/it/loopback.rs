//! A buyer of raw bytes on a port of its own: it does to a connection whatever a test wants, and keeps its own book of what
//! it bought. Its time is the runtime's, which a test can hold still.

use serde_json::Value;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};
use store::Store;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// What it does with a request, one step after the other.
#[derive(Debug, Clone)]
pub enum Act {
    /// Buys the lead, unless it has it: a buyer that knows repeats.
    Take,
    /// These bytes.
    Say(Vec<u8>),
    /// The same bytes so often, as fast as they are taken.
    Flood(Vec<u8>, usize),
    /// These bytes, one after the other with a pause before each.
    Drip(Vec<u8>, Duration),
    Wait(Duration),
    /// Breaks the connection (RST).
    Reset,
    /// Ends the connection (FIN).
    Close,
    /// Says nothing more, and keeps the connection.
    Hang,
}

/// What it saw.
#[derive(Debug, Default)]
pub struct Book {
    /// Connections that were opened.
    pub connections: usize,
    /// Requests: path and body.
    pub requests: Vec<(String, Value)>,
    /// The leads it bought, by path.
    pub bought: Vec<(String, String)>,
    /// Bytes it got rid of.
    pub said: usize,
    /// How often the other side hung up before it was done.
    pub hung_up: usize,
    plays: BTreeMap<String, VecDeque<Vec<Act>>>,
}

/// The buyer.
pub struct Loopback {
    pub url: String,
    book: Arc<Mutex<Book>>,
    seen: watch::Receiver<usize>,
    _serving: JoinSet<()>,
}

impl Loopback {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (book, (told, seen)) = (Arc::<Mutex<Book>>::default(), watch::channel(0));
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, Arc::clone(&book), told));
        Self { url, book, seen, _serving: serving }
    }

    /// What it does with the next requests to a path; with every further one what it does with the last.
    pub fn plays(&self, path: &str, plays: impl IntoIterator<Item = Vec<Act>>) {
        self.book.lock().expect("no panic").plays.insert(path.to_owned(), plays.into_iter().collect());
    }

    /// Waits until so many requests have come to a path.
    pub async fn asked(&self, path: &str, times: usize) {
        self.until(|book| book.requests.iter().filter(|(to, _)| to == path).count() >= times).await;
    }

    /// Waits until something stands in its book.
    pub async fn until(&self, so: impl Fn(&Book) -> bool) {
        let mut seen = self.seen.clone();
        while !so(&self.book.lock().expect("no panic")) {
            seen.changed().await.expect("it serves");
        }
    }

    pub fn requests(&self, path: &str) -> Vec<Value> {
        let book = self.book.lock().expect("no panic");
        book.requests.iter().filter(|(to, _)| to == path).map(|(_, body)| body.clone()).collect()
    }

    /// How often a lead was bought at a path.
    pub fn bought(&self, path: &str, lead: &str) -> usize {
        let book = self.book.lock().expect("no panic");
        book.bought.iter().filter(|(at, bought)| at == path && bought == lead).count()
    }

    pub fn connections(&self) -> usize {
        self.book.lock().expect("no panic").connections
    }

    pub fn hung_up(&self) -> usize {
        self.book.lock().expect("no panic").hung_up
    }

    pub fn said(&self) -> usize {
        self.book.lock().expect("no panic").said
    }
}

/// An answer of the usual kind.
pub fn json(status: u16, body: &Value) -> Vec<u8> {
    answer(status, "application/json", body.to_string().as_bytes())
}

/// Any answer.
pub fn answer(status: u16, kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

async fn serve(listener: TcpListener, book: Arc<Mutex<Book>>, told: watch::Sender<usize>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        book.lock().expect("no panic").connections += 1;
        connections.spawn(converse(stream, Arc::clone(&book), told.clone()));
    }
}

async fn converse(mut stream: TcpStream, book: Arc<Mutex<Book>>, told: watch::Sender<usize>) {
    while let Some((path, body)) = request(&mut stream).await {
        let purchase = (path.clone(), body["lead_id"].as_str().unwrap_or_default().to_owned());
        let acts = {
            let mut book = book.lock().expect("no panic");
            book.requests.push((path.clone(), body));
            let plays = book.plays.get_mut(&path).unwrap_or_else(|| panic!("nobody said what to do at {path}"));
            if plays.len() > 1 { plays.pop_front() } else { plays.front().cloned() }.expect("something to do")
        };
        let buys = acts.iter().any(|act| matches!(act, Act::Take));
        {
            let mut book = book.lock().expect("no panic");
            if buys && !book.bought.contains(&purchase) {
                book.bought.push(purchase);
            }
        }
        told.send_modify(|seen| *seen += 1);
        for act in acts {
            let goes_on = play(&mut stream, act, &book, &told).await;
            told.send_modify(|seen| *seen += 1);
            if !goes_on {
                return;
            }
        }
    }
}

/// Whether the connection goes on.
async fn play(stream: &mut TcpStream, act: Act, book: &Mutex<Book>, told: &watch::Sender<usize>) -> bool {
    let count = |bytes: usize| book.lock().expect("no panic").said += bytes;
    match act {
        Act::Take => true,
        Act::Say(bytes) => {
            count(bytes.len());
            stream.write_all(&bytes).await.is_ok()
        }
        Act::Flood(bytes, times) => {
            for _ in 0..times {
                if stream.write_all(&bytes).await.is_err() {
                    return false;
                }
                count(bytes.len());
            }
            true
        }
        Act::Drip(bytes, pause) => {
            for byte in bytes {
                tokio::time::sleep(pause).await;
                if stream.write_all(&[byte]).await.is_err() {
                    return false;
                }
                count(1);
            }
            true
        }
        Act::Wait(span) => {
            let until = tokio::time::Instant::now() + span;
            let early = tokio::time::timeout_at(until, ended(stream)).await.is_ok();
            book.lock().expect("no panic").hung_up += usize::from(early);
            told.send_modify(|seen| *seen += 1);
            // What it says then, it says to nobody.
            tokio::time::sleep_until(until).await;
            true
        }
        Act::Reset => {
            stream.set_zero_linger().expect("a socket");
            false
        }
        Act::Close => false,
        Act::Hang => {
            ended(stream).await;
            book.lock().expect("no panic").hung_up += 1;
            false
        }
    }
}

/// Waits until the other side ends the connection.
async fn ended(stream: &mut TcpStream) {
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
}

/// The path and the body of the next request; none when the connection ended.
async fn request(stream: &mut TcpStream) -> Option<(String, Value)> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned));
            let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or_default();
            if bytes.len() >= end + 4 + length {
                let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
                return Some((path, serde_json::from_slice(&bytes[end + 4..end + 4 + length]).unwrap_or_default()));
            }
        }
        match stream.read(&mut part).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&part[..read]),
            _ => return None,
        }
    }
}

/// Time that a test holds still.
pub struct Still(Arc<Mutex<Option<Store>>>);

/// Runs a test on a runtime whose time can be held still.
pub fn still(test: impl AsyncFnOnce(Still)) {
    let held = Still(Arc::default());
    let watched = Arc::clone(&held.0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_park(move || {
            let Some(store) = watched.lock().expect("no panic").clone() else { return };
            // What was sent gets there, however busy the machine is, before time may jump.
            std::thread::sleep(Duration::from_micros(200));
            // The database works on threads that the runtime does not know: while they do, there is something to do.
            if store.connections_in_use() > 0 {
                tokio::spawn(async {});
            }
        })
        .build()
        .expect("a runtime");
    runtime.block_on(test(held));
}

impl Still {
    /// From now on what network and database do takes no time. Time jumps to the next moment that somebody waits for as
    /// soon as nothing else is left to do.
    pub fn begin(&self, store: &Store) {
        *self.0.lock().expect("no panic") = Some(store.clone());
        tokio::time::pause();
    }

    /// Time goes on as it does.
    pub fn end(&self) {
        tokio::time::resume();
        *self.0.lock().expect("no panic") = None;
    }

    /// So much time passes, and everything that was due is done.
    pub async fn passes(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}
