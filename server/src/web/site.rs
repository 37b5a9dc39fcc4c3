//! The packed site, read into memory at the start: there is no path to escape from, and no file to open on a request.

use app::context::Assets;
use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
            IF_NONE_MATCH, VARY,
        },
    },
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

const MANIFEST: &str = "manifest.json";
/// What pages of other sites have of ours.
const EMBEDDED: &str = "/form.js";
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The packed site cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// It is not there or cannot be read.
    #[error("the packed site in {0} cannot be read: {1}; `make run` packs it, GAVEL_SITE_DIR says where it is")]
    Unreadable(String, io::Error),
    /// Its manifest is something else.
    #[error("{MANIFEST} in {0} is not a manifest of the bundle tool: {1}")]
    Manifest(String, serde_json::Error),
}

/// Every file that is served as it is.
#[derive(Debug, Default)]
pub struct Site {
    files: HashMap<String, File>,
    assets: Option<Assets>,
}

#[derive(Debug, Default)]
struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    kind: &'static str,
    tag: String,
    hashed: bool,
}

impl Site {
    /// Reads a folder that the bundle tool wrote.
    ///
    /// # Errors
    /// When it is not there, or not complete.
    pub fn load(folder: &Path) -> Result<Self, SiteError> {
        let unreadable = |error| SiteError::Unreadable(folder.display().to_string(), error);
        let manifest = fs::read(folder.join(MANIFEST)).map_err(unreadable)?;
        let assets: Assets = serde_json::from_slice(&manifest)
            .map_err(|error| SiteError::Manifest(folder.display().to_string(), error))?;
        let mut paths = Vec::new();
        collect(folder, &mut paths).map_err(unreadable)?;
        let mut site = Self { assets: Some(assets), files: HashMap::new() };
        for path in &paths {
            let Some(name) = url_path(folder, path) else { continue };
            if name != format!("/{MANIFEST}") && !matches!(extension(path), "br" | "gz") {
                let file = site.read(&name, path).map_err(unreadable)?;
                site.files.insert(name, file);
            }
        }
        Ok(site)
    }

    /// The names of the packed files, for pages.
    #[must_use]
    pub fn assets(&self) -> Assets {
        let none = || Assets { js: "gavel.js".into(), wasm: "gavel.wasm".into(), css: "gavel.css".into() };
        self.assets.clone().unwrap_or_else(none)
    }

    fn read(&self, name: &str, path: &Path) -> io::Result<File> {
        let plain = Bytes::from(fs::read(path)?);
        let beside = |suffix: &str| fs::read(format!("{}.{suffix}", path.display())).ok().map(Bytes::from);
        Ok(File {
            brotli: beside("br"),
            gzip: beside("gz"),
            kind: kind(path),
            tag: format!("W/\"{}\"", &hex::encode(Sha256::digest(&plain))[..16]),
            hashed: self.hashed(name),
            plain,
        })
    }

    /// Whether the name changes with the content, so that it may be kept for ever.
    fn hashed(&self, name: &str) -> bool {
        let Some(assets) = &self.assets else { return false };
        let name = name.trim_start_matches("/pkg/");
        [&assets.js, &assets.wasm, &assets.css].into_iter().any(|hashed| hashed == name)
    }

    /// The file at a path, in the encoding the browser likes best; none when there is no such file.
    #[must_use]
    pub fn get(&self, path: &str, request: &HeaderMap) -> Option<Response> {
        let file = self.files.get(path)?;
        let asked = |name| request.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (encoding, body) = file.encoded(asked(ACCEPT_ENCODING));
        let unchanged = asked(IF_NONE_MATCH).split(',').any(|tag| tag.trim() == file.tag);
        let mut response =
            if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(body.clone()).into_response() };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.kind));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        let cache = if file.hashed { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
        if path == EMBEDDED {
            // Pages of any site have it; one of them may be open while a newer one is fetched.
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            headers.insert(CORP, HeaderValue::from_static("cross-origin"));
            let cache = "public, max-age=300, stale-while-revalidate=86400";
            headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
        }
        if let Some(encoding) = encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        // A weak tag: it is the same for every encoding.
        if let Ok(tag) = HeaderValue::from_str(&file.tag) {
            headers.insert(ETAG, tag);
        }
        Some(response)
    }
}

impl File {
    fn encoded(&self, accepted: &str) -> (Option<&'static str>, &Bytes) {
        let accepts = |name: &str| accepted.split(',').any(|part| wanted(part, name));
        match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts("br") => (Some("br"), brotli),
            (_, Some(gzip)) if accepts("gzip") => (Some("gzip"), gzip),
            _ => (None, &self.plain),
        }
    }
}

/// Whether one part of `Accept-Encoding` names an encoding and does not refuse it with `q=0`.
fn wanted(part: &str, name: &str) -> bool {
    let mut words = part.split(';').map(str::trim);
    let named = words.next().is_some_and(|word| word.eq_ignore_ascii_case(name));
    let refused = words.any(|word| {
        word.strip_prefix("q=").is_some_and(|weight| weight.chars().all(|digit| matches!(digit, '0' | '.')))
    });
    named && !refused
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), into)?;
        } else {
            into.push(entry.path());
        }
    }
    Ok(())
}

fn url_path(folder: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<_>> = path.strip_prefix(folder).ok()?.iter().map(|part| part.to_str()).collect();
    Some(format!("/{}", parts?.join("/")))
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

fn kind(path: &Path) -> &'static str {
    match extension(path) {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "html" => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> (tempfile::TempDir, Site) {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(MANIFEST, r#"{"js":"gavel.1.js","wasm":"gavel.2.wasm","css":"gavel.3.css"}"#);
        write("pkg/gavel.1.js", "plain");
        write("pkg/gavel.1.js.br", "brotli");
        write("pkg/gavel.1.js.gz", "gzip");
        write("robots.txt", "User-agent: *");
        write("form.js", "script");
        write("form.js.br", "brotli");
        let site = Site::load(folder.path()).unwrap();
        (folder, site)
    }

    fn get(site: &Site, path: &str, name: &'static str, value: &'static str) -> Option<Response> {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        site.get(path, &headers)
    }

    #[test]
    fn a_hashed_file_is_kept_for_ever_in_the_best_encoding() {
        let (_folder, site) = site();
        for (accepted, encoding) in
            [("gzip, br", Some("br")), ("gzip, br;q=0", Some("gzip")), ("br;q=0.5", Some("br")), ("", None)]
        {
            let response = get(&site, "/pkg/gavel.1.js", "accept-encoding", accepted).unwrap();
            let got = response.headers().get(CONTENT_ENCODING).map(|value| value.to_str().unwrap());
            assert_eq!(got, encoding, "{accepted}");
            assert!(response.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
            assert_eq!(response.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
        }
    }

    #[test]
    fn other_files_are_asked_for_again() {
        let (_folder, site) = site();
        let first = get(&site, "/robots.txt", "accept", "*/*").unwrap();
        assert!(!first.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let tag: &'static str = Box::leak(first.headers()[ETAG].to_str().unwrap().to_owned().into_boxed_str());
        assert_eq!(get(&site, "/robots.txt", "if-none-match", tag).unwrap().status(), StatusCode::NOT_MODIFIED);
        for path in ["/manifest.json", "/pkg/gavel.1.js.br", "/../robots.txt", "/", "/pkg"] {
            assert!(get(&site, path, "accept", "*/*").is_none(), "{path}");
        }
    }

    #[test]
    fn pages_of_other_sites_may_have_the_form_script_and_nothing_else() {
        let (_folder, site) = site();
        let script = get(&site, "/form.js", "accept-encoding", "br").unwrap();
        let header =
            |response: &Response, name: &str| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        assert_eq!(header(&script, "cross-origin-resource-policy").as_deref(), Some("cross-origin"));
        assert_eq!(header(&script, "access-control-allow-origin").as_deref(), Some("*"));
        assert_eq!(header(&script, "content-type").as_deref(), Some("text/javascript; charset=utf-8"));
        assert!(header(&script, "cache-control").unwrap().starts_with("public, max-age=300"));
        assert_eq!(header(&script, "content-encoding").as_deref(), Some("br"));
        let other = get(&site, "/pkg/gavel.1.js", "accept", "*/*").unwrap();
        assert_eq!(header(&other, "cross-origin-resource-policy"), None);
        assert_eq!(header(&other, "access-control-allow-origin"), None);
    }

    #[test]
    fn a_missing_site_is_said_clearly() {
        let error = Site::load(Path::new("nowhere/at/all")).unwrap_err().to_string();
        assert!(error.contains("nowhere/at/all") && error.contains("GAVEL_SITE_DIR"), "{error}");
    }
}
