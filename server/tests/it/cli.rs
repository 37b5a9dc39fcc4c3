//! The program itself, as a process of its own.

use model::Micros;
use serde_json::Value;
use sqlx::Row;
use std::{collections::BTreeMap, path::Path, process::Stdio};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, process::Command};

struct Ran {
    code: i32,
    out: String,
    err: String,
}

async fn gavel(folder: &Path, line: &[&str], input: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gavel"));
    command.args(line).current_dir(folder).env_clear().env("GAVEL_SANDBOX_LISTEN", sandbox_address(folder));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("standard input");
    stdin.write_all(input.as_bytes()).await.expect("input is read");
    drop(stdin);
    let ran = child.wait_with_output().await.expect("the program ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran { code: ran.status.code().unwrap_or(-1), out: text(ran.stdout), err: text(ran.stderr) }
}

/// A port of its own for each test, remembered in its folder: one that was free a moment ago.
fn sandbox_address(folder: &Path) -> String {
    let file = folder.join("sandbox-port");
    std::fs::read_to_string(&file).unwrap_or_else(|_| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        std::fs::write(&file, &address).expect("written");
        address
    })
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[tokio::test]
async fn seeding_twice_tells_the_same_and_the_store_is_sound() {
    let folder = folder();
    let first = gavel(folder.path(), &["seed", "--leads", "40"], "").await;
    assert_eq!(first.code, 0, "{}", first.err);
    let told: Value = serde_json::from_str(&first.out).expect("one JSON object");
    for member in ["url", "tenant", "campaign", "api_key", "test_api_key", "logins", "buyers"] {
        assert!(told.get(member).is_some(), "{member} is missing in {told}");
    }
    assert_eq!(told["campaign"], "auto-insurance");
    assert!(told["buyers"].as_array().is_some_and(|buyers| buyers.len() >= 6));
    assert!(first.err.contains("40 of 40 leads") && first.err.contains("sold"), "{}", first.err);
    let again = gavel(folder.path(), &["seed"], "").await;
    assert_eq!(again.out, first.out, "{}", again.err);
    let check = gavel(folder.path(), &["check"], "").await;
    assert_eq!(check.code, 0, "{}", check.out);
    assert!(check.out.contains("Every invariant holds.") && !check.out.contains("BROKEN"));
}

/// Statements on the store of a folder, behind the program's back.
async fn tamper(folder: &Path, statements: &[&str]) {
    let url = format!("sqlite://{}", folder.join("data/gavel.db").display());
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&url).await.expect("the file opens");
    for statement in statements {
        sqlx::query(sqlx::AssertSqlSafe((*statement).to_owned())).execute(&pool).await.expect("changed");
    }
    pool.close().await;
}

/// A lead in some state.
async fn some_lead(folder: &Path, state: &str) -> String {
    let url = format!("sqlite://{}", folder.join("data/gavel.db").display());
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&url).await.expect("the file opens");
    let query = sqlx::query("SELECT id FROM leads WHERE state = $1 ORDER BY id LIMIT 1").bind(state);
    let lead = query.fetch_one(&pool).await.expect("a lead").get(0);
    pool.close().await;
    lead
}

#[tokio::test]
async fn a_lead_is_proved_and_verified_and_every_change_is_told() {
    let folder = folder();
    let run = async |line: &[&str]| gavel(folder.path(), line, "").await;
    assert_eq!(run(&["seed", "--leads", "25"]).await.code, 0);
    let check = run(&["check"]).await;
    assert_eq!(check.code, 0, "{}", check.out);
    let key = check.out.lines().find_map(|line| line.strip_prefix("The audit is signed with the key "));
    let key = key.expect("the key is printed").trim_end_matches('.').to_owned();
    assert_eq!(check.out.lines().filter(|line| line.starts_with("ok     audit: ")).count(), 4, "{}", check.out);
    let lead = some_lead(folder.path(), "sold").await;
    let proved = run(&["proof", &lead, "--out", "proof.json"]).await;
    assert_eq!(proved.code, 0, "{}", proved.err);
    let file = folder.path().join("proof.json");
    let text = std::fs::read_to_string(&file).expect("a file");
    assert_eq!(run(&["proof", &lead]).await.out, text, "the same on standard output");

    // Verified where there is no store, with and without the key.
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    std::fs::copy(&file, elsewhere.path().join("proof.json")).expect("copied");
    for line in [&["verify", "proof.json"][..], &["verify", "proof.json", "--key", &key]] {
        let verified = gavel(elsewhere.path(), line, "").await;
        assert_eq!(verified.code, 0, "{}", verified.err);
        let steps = verified.out.lines().filter(|line| line.starts_with("ok ")).count();
        assert!(steps == 5 && verified.out.contains(&lead) && verified.out.contains("sold"), "{}", verified.out);
    }
    assert!(!elsewhere.path().join("data").exists(), "nothing was made");
    let other = key.chars().rev().collect::<String>();
    let refused = gavel(elsewhere.path(), &["verify", "proof.json", "--key", &other], "").await;
    assert!(refused.code == 1 && refused.err.contains("public_key"), "{}", refused.err);

    // One byte of each member.
    let proof: Value = serde_json::from_str(&text).expect("JSON");
    for (member, value) in proof.as_object().expect("an object") {
        let written = match value {
            // The longest word: nothing that is written in another way in JSON.
            Value::String(text) => {
                text.split(|c: char| !c.is_alphanumeric()).max_by_key(|word| word.len()).unwrap_or_default().to_owned()
            }
            Value::Array(hashes) if hashes.is_empty() => continue,
            Value::Array(hashes) => hashes[0].as_str().expect("a hash").to_owned(),
            Value::Object(inner) => inner["at"].to_string(),
            other => format!("\"{member}\": {other}"),
        };
        let last = written.chars().last().expect("something");
        let changed = written[..written.len() - 1].to_owned() + if last == '1' { "2" } else { "1" };
        let from = text.find(&format!("\"{member}\"")).expect("the member");
        let bent = text[..from].to_owned() + &text[from..].replacen(&written, &changed, 1);
        assert_ne!(bent, text, "{member}");
        std::fs::write(&file, bent).expect("written");
        let refused = run(&["verify", "proof.json"]).await;
        assert_eq!((refused.code, refused.out.as_str(), refused.err.lines().count()), (1, "", 1), "{}", refused.err);
        assert!(refused.err.contains(&format!("proof.json: {member}")), "{member}: {}", refused.err);
    }

    // A lead that is not there, and one whose record is not what was sealed.
    let nobody = model::LeadId::from_bits(1).to_string();
    let unknown = run(&["proof", &nobody]).await;
    assert!(unknown.code == 1 && unknown.err.contains(&nobody), "{}", unknown.err);
    let cheaper =
        format!("UPDATE audit_records SET record = REPLACE(record, '\"sold\"', '\"lost\"') WHERE subject = '{lead}'");
    tamper(folder.path(), &[&cheaper]).await;
    let refused = run(&["proof", &lead]).await;
    assert!(refused.code == 1 && refused.err.contains("not what was sealed"), "{}", refused.err);
    let check = run(&["check"]).await;
    let told = check.out.lines().find(|line| line.starts_with("BROKEN audit: every record")).unwrap_or_default();
    assert!(check.code == 1 && told.contains(&lead), "{}", check.out);
}

/// The key of a person's values is destroyed: what was sealed is as it was.
#[tokio::test]
async fn a_person_who_is_forgotten_stays_proved() {
    let folder = folder();
    let run = async |line: &[&str]| gavel(folder.path(), line, "").await;
    assert_eq!(run(&["seed", "--leads", "10"]).await.code, 0);
    let lead = some_lead(folder.path(), "sold").await;
    let before = run(&["proof", &lead]).await.out;
    tamper(folder.path(), &["UPDATE leads SET sealed_key = SUBSTR(sealed_key, 1, 0)"]).await;
    let check = run(&["check"]).await;
    assert_eq!(check.code, 0, "{}", check.out);
    assert_eq!(run(&["proof", &lead]).await.out, before);
}

/// What the buyers wrote down themselves is what we say was sold: one to one, to the cent.
#[tokio::test]
async fn the_buyers_own_ledger_equals_our_sold_leads() {
    let folder = folder();
    let (address, ledger) = (sandbox_address(folder.path()), folder.path().join("bought.jsonl"));
    let mut buyers = Command::new(env!("CARGO_BIN_EXE_gavel"));
    let file = ledger.display().to_string();
    buyers.args(["sandbox", "--listen", &address, "--ledger", &file]).current_dir(folder.path()).env_clear();
    let mut buyers = buyers.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().expect("it starts");
    // The port is taken as soon as the buyers are there; before that `seed` would start its own.
    while tokio::net::TcpStream::connect(&address).await.is_err() {
        assert!(buyers.try_wait().expect("a process").is_none(), "the buyers have stopped");
        tokio::task::yield_now().await;
    }
    let seeded = gavel(folder.path(), &["seed", "--leads", "60"], "").await;
    assert_eq!(seeded.code, 0, "{}", seeded.err);
    buyers.kill().await.expect("it stops");
    let text = std::fs::read_to_string(&ledger).expect("the buyers' ledger");
    let bought: BTreeMap<String, String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line"))
        .map(|sale| (sale["lead_id"].as_str().unwrap().to_owned(), sale["price"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(bought.len(), text.lines().count(), "no lead is bought twice");
    let url = format!("sqlite://{}", folder.path().join("data/gavel.db").display());
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&url).await.expect("the file opens");
    let rows = sqlx::query("SELECT id, revenue FROM leads WHERE state = 'sold'").fetch_all(&pool).await.expect("rows");
    let sold = rows.iter().map(|row| (row.get::<String, _>(0), Micros(row.get::<i64, _>(1)).to_decimal()));
    assert_eq!(sold.collect::<BTreeMap<_, _>>(), bought);
    assert!(bought.len() >= 40, "only {} were bought", bought.len());
    pool.close().await;
}

#[tokio::test]
async fn a_broken_store_is_told() {
    let folder = folder();
    assert_eq!(gavel(folder.path(), &["seed", "--leads", "20"], "").await.code, 0);
    let url = format!("sqlite://{}", folder.path().join("data/gavel.db").display());
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&url).await.expect("the file opens");
    sqlx::query("UPDATE balances SET amount = amount + 1").execute(&pool).await.expect("changed");
    pool.close().await;
    let check = gavel(folder.path(), &["check"], "").await;
    assert_eq!(check.code, 1, "{}", check.out);
    assert!(check.out.contains("BROKEN"), "{}", check.out);
}

#[tokio::test]
async fn tenants_people_and_keys_are_made_listed_and_taken_away() {
    let folder = folder();
    let run = async |line: &[&str], input: &str| gavel(folder.path(), line, input).await;
    assert_eq!(run(&["seed"], "").await.code, 0);
    let made = run(&["tenant", "create", "acme", "--name", "Acme", "--zone", "America/Detroit"], "").await;
    assert!(made.code == 0 && made.out.starts_with("ten_"), "{}", made.err);
    assert_eq!(run(&["tenant", "create", "acme", "--name", "Twice"], "").await.code, 1);
    let nowhere = run(&["tenant", "create", "b", "--name", "B", "--zone", "Mars/Olympus"], "").await;
    assert!(nowhere.code == 1 && nowhere.err.contains("Mars/Olympus"), "{}", nowhere.err);
    let short = run(&["user", "create", "acme", "Ann@Acme.example", "--name", "Ann"], "short\n").await;
    assert!(short.code == 1 && short.err.contains("12"), "{}", short.err);
    let ann = run(&["user", "create", "acme", "Ann@Acme.example", "--name", "Ann"], "long enough for us\n").await;
    assert!(ann.code == 0 && ann.out.starts_with("usr_"), "{}", ann.err);
    assert!(run(&["user", "list", "acme"], "").await.out.contains("ann@acme.example"));
    assert_eq!(run(&["user", "set-password", "ann@acme.example"], "another long one\n").await.code, 0);
    assert_eq!(run(&["user", "disable", "ann@acme.example"], "").await.code, 0);
    assert!(run(&["user", "list", "acme"], "").await.out.contains("disabled"));
    let key = run(&["key", "create", "demo", "own-form", "--name", "extra", "--test"], "").await;
    assert!(key.code == 0 && key.out.starts_with("gvl_test_"), "{}", key.err);
    let listed = run(&["key", "list", "demo"], "").await.out;
    assert!(!listed.contains(key.out.trim()), "a key is never shown again");
    let id = listed.lines().find(|line| line.contains("extra")).and_then(|line| line.split(' ').next()).unwrap();
    assert_eq!(run(&["key", "revoke", "demo", id], "").await.code, 0);
    assert!(run(&["key", "list", "demo"], "").await.out.contains("revoked"));
    assert!(run(&["user", "list", "nobody"], "").await.err.contains("no tenant nobody"));
}

#[tokio::test]
async fn endpoints_are_made_tested_listed_and_removed() {
    let folder = folder();
    let run = async |line: &[&str]| gavel(folder.path(), line, "").await;
    assert_eq!(run(&["seed"]).await.code, 0);
    let add = ["endpoint", "add", "demo", "--name", "Mine"];
    let address = "https://t.example/?t={click_id}&p={payout}";
    let made = run(&[&add[..], &["--postback", address, "--source", "northbound", "--post"]].concat()).await;
    assert!(made.code == 0 && made.out.starts_with("end_"), "{}", made.err);
    let hook = run(&[&add[..], &["--webhook", "https://crm.example/in", "--on", "sold,unknown"]].concat()).await;
    assert!(hook.code == 0 && hook.out.starts_with("whsec_"), "{}", hook.err);
    let greedy = ["--postback", "https://t.example/?r={revenue}&x={email}", "--source", "northbound"];
    let greedy = run(&[&add[..], &greedy].concat()).await;
    assert!(greedy.code == 1 && greedy.err.contains("{email}") && greedy.err.contains("{revenue}"), "{}", greedy.err);
    assert_eq!(run(&[&add[..], &["--webhook", "https://a.example", "--postback", address]].concat()).await.code, 2);
    assert_eq!(run(&[&add[..], &["--webhook", "https://a.example", "--on", "bought"]].concat()).await.code, 2);
    let nobody = run(&[&add[..], &["--webhook", "https://a.example", "--source", "nobody"]].concat()).await;
    assert!(nobody.err.contains("no source nobody"), "{}", nobody.err);
    let listed = run(&["endpoint", "list", "demo"]).await.out;
    assert_eq!(listed.lines().count(), 4, "{listed}");
    assert!(listed.contains(address) && listed.contains("sold,unknown") && !listed.contains(hook.out.trim()));
    // Nobody listens there, and the guard would not let us through anyway.
    let id = listed.lines().find(|line| line.contains("Own system")).and_then(|line| line.split(' ').next()).unwrap();
    let fired = run(&["endpoint", "test", "demo", id]).await;
    assert!(fired.code == 1 && fired.err.contains("not allowed"), "{}", fired.err);
    let allowed = run(&["endpoint", "test", "demo", id, "--egress-allow", "127.0.0.1/32"]).await;
    assert!(allowed.code == 1 && allowed.err.contains("no connection"), "{}", allowed.err);
    assert_eq!(run(&["endpoint", "remove", "demo", made.out.trim()]).await.code, 0);
    assert_eq!(run(&["endpoint", "remove", "demo", made.out.trim()]).await.code, 1);
    assert_eq!(run(&["endpoint", "list", "demo"]).await.out.lines().count(), 3);
}

#[tokio::test]
async fn a_configuration_travels_as_a_file() {
    let folder = folder();
    let run = async |line: &[&str], input: &str| gavel(folder.path(), line, input).await;
    assert_eq!(run(&["seed"], "").await.code, 0);
    let exported = run(&["config", "export", "demo"], "").await;
    assert_eq!(exported.code, 0, "{}", exported.err);
    assert!(!exported.out.contains("sandbox-key") && exported.out.contains("\"secret\": \"kept\""));
    assert_eq!(run(&["config", "diff", "demo", "-"], &exported.out).await.out, "No differences.\n");
    let wanted = exported.out.replacen("\"floor\": \"1.00\"", "\"floor\": \"1.50\"", 1);
    let told = "Campaign \"Auto insurance\": floor 1.00 → 1.50\n";
    assert_eq!(run(&["config", "diff", "demo", "-"], &wanted).await.out, told);
    let file = folder.path().join("demo.json");
    std::fs::write(&file, &wanted).expect("written");
    let apply = ["config", "apply", "demo", &file.display().to_string(), "--note", "From a file"];
    assert_eq!(run(&apply, "").await.out, told);
    assert_eq!(run(&apply, "").await.out, "No differences.\n");
    let broken = run(&["config", "apply", "demo", "-"], &wanted.replace("America/Detroit", "Mars/Olympus")).await;
    assert!(broken.code == 1 && broken.err.contains("buyers[0].zone"), "{}", broken.err);
    let nonsense = run(&["config", "apply", "demo", "-"], "{").await;
    assert!(nonsense.code == 1 && nonsense.err.contains("not JSON"), "{}", nonsense.err);
}

#[tokio::test]
async fn operator_tokens_are_made_listed_and_revoked() {
    let folder = folder();
    let run = async |line: &[&str]| gavel(folder.path(), line, "").await;
    assert_eq!(run(&["seed"]).await.code, 0);
    let token = run(&["key", "create", "demo", "--operator", "--role", "admin", "--name", "Deploy"]).await;
    assert!(token.code == 0 && token.out.starts_with("gvl_op_"), "{}", token.err);
    let listed = run(&["key", "list", "demo"]).await.out;
    assert!(!listed.contains(token.out.trim()), "a token is never shown again");
    let line = listed.lines().find(|line| line.contains("Deploy")).expect("it is listed");
    assert!(line.contains("admin") && line.contains("valid"), "{line}");
    let id = line.split(' ').next().expect("an id");
    assert_eq!(run(&["key", "revoke", "demo", id]).await.code, 0);
    let listed = run(&["key", "list", "demo"]).await.out;
    assert!(listed.lines().any(|line| line.contains("Deploy") && line.contains("revoked")), "{listed}");
    for bad in [
        &["key", "create", "demo", "--name", "x"][..],
        &["key", "create", "demo", "own-form", "--operator", "--name", "x"],
        &["key", "create", "demo", "--operator", "--role", "buyer", "--name", "x"],
        &["key", "create", "demo", "own-form", "--role", "admin", "--name", "x"],
    ] {
        assert_eq!(run(bad).await.code, 2, "{bad:?}");
    }
}

#[tokio::test]
async fn wrong_settings_stop_the_start_with_one_line() {
    let folder = folder();
    let ran = gavel(folder.path(), &["serve", "--listen", "nowhere", "--max-in-flight", "0"], "").await;
    assert_eq!(ran.code, 2);
    assert_eq!(ran.err.trim().lines().count(), 1, "{}", ran.err);
    assert!(ran.err.contains("--listen") && ran.err.contains("--max-in-flight"), "{}", ran.err);
    assert!(!folder.path().join("data").exists(), "nothing was made");
    let bare = gavel(folder.path(), &["serve"], "").await;
    assert!(bare.code == 1 && bare.err.contains("site"), "{}", bare.err);
}

#[tokio::test]
async fn auctions_are_replayed_and_a_changed_one_is_named() {
    let folder = folder();
    let run = async |line: &[&str]| gavel(folder.path(), line, "").await;
    assert_eq!(run(&["seed", "--leads", "20"]).await.code, 0);
    let line = ["replay", "--campaign", "auto-insurance", "--from", "2000-01-01", "--to", "2100-01-01"];
    let same = run(&line).await;
    assert_eq!(same.code, 0, "{}{}", same.out, same.err);
    assert!(same.out.contains("20 auctions: 20 the same"), "{}", same.out);
    let lead = some_lead(folder.path(), "sold").await;
    let change = format!("UPDATE attempts SET paid = paid + 10000 WHERE state = 'accepted' AND lead_id = '{lead}'");
    tamper(folder.path(), &[&change]).await;
    let different = run(&line).await;
    assert_eq!(different.code, 1, "{}", different.out);
    assert!(different.out.contains(&format!("{lead}: post ")) && different.out.contains("19 the same, 1 different"));
    let none = run(&["replay", "--campaign", "nothing", "--from", "2000-01-01", "--to", "2100-01-01"]).await;
    assert!(none.code == 1 && none.err.contains("there is no campaign nothing"), "{}", none.err);
    let backwards =
        run(&["replay", "--campaign", "auto-insurance", "--from", "2026-05-02", "--to", "2026-05-01"]).await;
    assert!(backwards.code == 1 && backwards.err.contains("not after"), "{}", backwards.err);
}

#[tokio::test]
async fn a_campaign_is_made_from_a_template() {
    let folder = folder();
    let ran = async |line: &[&str]| gavel(folder.path(), line, "").await;
    let listed = ran(&["template", "list"]).await;
    assert_eq!((listed.code, listed.out.lines().count() >= 18), (0, true), "{}", listed.out);
    assert!(listed.out.lines().all(|line| line.ends_with('.')), "{}", listed.out);
    let shown: Value = serde_json::from_str(&ran(&["template", "show", "medicare"]).await.out).expect("JSON");
    assert_eq!(shown["name"], "Medicare");
    assert_eq!(ran(&["tenant", "create", "acme", "--name", "Acme", "--zone", "UTC"]).await.code, 0);
    let made = ran(&["template", "make", "acme", "auto-insurance"]).await;
    assert_eq!((made.code, made.out.starts_with("cmp_")), (0, true), "{}", made.err);
    let again = ran(&["template", "make", "acme", "auto-insurance"]).await;
    assert_eq!(again.code, 1, "its short name is taken");
    let named = ["template", "make", "acme", "auto-insurance", "--slug", "auto-2", "--name", "Auto two"];
    assert_eq!(ran(&named).await.code, 0);
    let none = ran(&["template", "make", "acme", "gold-mines"]).await;
    assert!(none.code == 1 && none.err.contains("gavel template list"), "{}", none.err);
    let config: Value = serde_json::from_str(&ran(&["config", "export", "acme"]).await.out).expect("JSON");
    let slugs: Vec<_> =
        config["campaigns"].as_array().unwrap().iter().map(|campaign| campaign["slug"].clone()).collect();
    assert_eq!(slugs, ["auto-2", "auto-insurance"]);
}
