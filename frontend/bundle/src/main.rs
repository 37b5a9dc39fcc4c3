//! Packs the site: builds the browser side, joins the style sheet, copies `public/`, gives what changes with its content a
//! name that changes with it, and compresses everything once.
//!
//! `cargo run -p bundle -- --out target/site [--profile wasm-release]`

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};
use wasm_bindgen_cli_support::Bindgen;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The style sheet's parts, in the order of their layers.
const STYLES: [&str; 8] = ["tokens", "reset", "base", "layout", "components", "forms", "pages", "consumer"];
/// The browser side may not be larger, in bytes after gzip.
const WASM_LIMIT: usize = 200_000;
const TARGET: &str = "wasm32-unknown-unknown";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bundle: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Wanted {
    out: PathBuf,
    profile: String,
}

fn wanted() -> Result<Wanted> {
    let (mut out, mut profile) = (None, "dev".to_owned());
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} wants a value"))?;
        match word.as_str() {
            "--out" => out = Some(PathBuf::from(value)),
            "--profile" => profile = value,
            _ => return Err(format!("unknown option {word}; usage: bundle --out DIR [--profile NAME]").into()),
        }
    }
    Ok(Wanted { out: out.ok_or("usage: bundle --out DIR [--profile NAME]")?, profile })
}

fn run() -> Result<()> {
    let wanted = wanted()?;
    // Not where this program was built: a cargo target kept between clones would name a clone that is gone.
    let root = env::current_dir()?;
    if !root.join("style").is_dir() || !root.join("frontend").is_dir() {
        return Err("run it at the top of the project, where style/ and frontend/ are".into());
    }
    let wasm = build(&root, &wanted.profile)?;
    let scratch = wasm.with_file_name("bindgen");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&wasm).web(true)?.typescript(false).remove_name_section(true).out_name("gavel");
    bindgen.generate(&scratch)?;

    // Into a fresh folder, so that nothing of an earlier build stays behind.
    if wanted.out.exists() {
        fs::remove_dir_all(&wanted.out)?;
    }
    let package = wanted.out.join("pkg");
    fs::create_dir_all(&package)?;
    copy(&root.join("public"), &wanted.out)?;
    let wasm = fs::read(scratch.join("gavel_bg.wasm"))?;
    let size = gzip(&wasm)?.len();
    let js = fs::read(scratch.join("gavel.js"))?;
    let css = style(&root)?;
    let manifest = serde_json::json!({
        "js": put(&package, "js", &js)?,
        "wasm": put(&package, "wasm", &wasm)?,
        "css": put(&package, "css", css.as_bytes())?,
    });
    fs::write(wanted.out.join("manifest.json"), manifest.to_string())?;
    println!("wasm {} bytes, {size} after gzip; css {} bytes", wasm.len(), css.len());
    // A dev build carries what a release build leaves out; its size says nothing.
    if wanted.profile != "dev" && size > WASM_LIMIT {
        return Err(format!("the browser side has {size} bytes after gzip, more than {WASM_LIMIT}").into());
    }
    Ok(())
}

/// Builds the browser side in a target folder of its own.
fn build(root: &Path, profile: &str) -> Result<PathBuf> {
    #[allow(clippy::disallowed_methods)] // a build tool: cargo speaks through the environment
    let (cargo, base) = (env::var("CARGO").ok(), env::var("CARGO_TARGET_DIR").ok());
    let target = base.map_or_else(|| root.join("target"), PathBuf::from).join("wasm");
    let status = Command::new(cargo.as_deref().unwrap_or("cargo"))
        .current_dir(root)
        .args(["build", "-p", "frontend", "--target", TARGET, "--profile", profile, "--target-dir"])
        .arg(&target)
        .status()?;
    if !status.success() {
        return Err("the browser side does not build".into());
    }
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target.join(TARGET).join(folder).join("frontend.wasm"))
}

fn style(root: &Path) -> Result<String> {
    let mut css = String::new();
    for part in STYLES {
        let path = root.join("style").join(format!("{part}.css"));
        css += &fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(css)
}

/// Writes a file under a name that changes with its content; returns the name.
fn put(folder: &Path, extension: &str, bytes: &[u8]) -> Result<String> {
    let hash = hex::encode(&Sha256::digest(bytes)[..8]);
    let name = format!("gavel.{hash}.{extension}");
    write(&folder.join(&name), bytes)?;
    Ok(name)
}

/// Writes a file and, beside it, the same compressed.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes)?;
    let beside = |suffix: &str| PathBuf::from(format!("{}.{suffix}", path.display()));
    fs::write(beside("gz"), gzip(bytes)?)?;
    let mut brotli = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut brotli, &BrotliEncoderParams { quality: 9, ..Default::default() })?;
    fs::write(beside("br"), brotli)?;
    Ok(())
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let path = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&path)?;
            copy(&entry.path(), &path)?;
        } else {
            write(&path, &fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
