//! Rows made ready: where a value comes from, what becomes of it.

use crate::{
    style::{apply, plain, scaled},
    template::{Fit, Template},
    view::{Out, View},
};
use model::mapping::{From, Header, Meta, Replace, Row, Scale, Span, Style};
use std::borrow::Cow;

/// A row made ready.
#[derive(Debug)]
pub(crate) struct Slot {
    source: Source,
    style: Style,
    scale: Option<Scale>,
    replace: Vec<Replace>,
    spans: Vec<Span>,
    otherwise: Option<String>,
    missing: Option<String>,
    then: Vec<Style>,
    when: Option<Condition>,
    pub(crate) cdata: bool,
}

#[derive(Debug)]
enum Source {
    Field(String),
    Constant(String),
    Meta(Meta),
    Token,
    Carried(String),
    Template(Template),
}

#[derive(Debug)]
struct Condition {
    source: Source,
    values: Vec<String>,
    not: bool,
}

impl Source {
    fn new(from: &From, secrets: &[Header]) -> Result<Self, String> {
        Ok(match from {
            From::Field(name) => Self::Field(name.clone()),
            From::Constant(text) => Self::Constant(text.clone()),
            From::Meta(meta) => Self::Meta(*meta),
            From::PingToken => Self::Token,
            From::Carried(name) => Self::Carried(name.clone()),
            From::Secret(name) => {
                let secret = secrets.iter().find(|secret| secret.name.eq_ignore_ascii_case(name));
                Self::Constant(secret.ok_or_else(|| format!("there is no secret {name:?}"))?.value.expose().to_owned())
            }
            From::Template(written) => Self::Template(Template::new(written, secrets)?),
        })
    }

    fn value<'a>(&'a self, view: &'a impl View, style: Style) -> Option<Out<'a>> {
        match self {
            Self::Field(name) => view.field(name, style),
            Self::Constant(text) => Some(Out::Text(Cow::Borrowed(text))),
            Self::Meta(meta) => view.meta(*meta),
            Self::Token => Some(Out::Text(view.carried()?.token.as_deref()?.into())),
            Self::Carried(name) => match view.carried()?.get(name) {
                [] => None,
                [one] => Some(Out::Text(one.as_str().into())),
                all => Some(Out::List(all)),
            },
            Self::Template(template) => template.render(view, Fit::Text).map(|text| Out::Text(text.into())),
        }
    }
}

impl Slot {
    pub(crate) fn new(row: &Row, secrets: &[Header], faults: &mut Vec<String>) -> Option<Self> {
        let mut fault = |what: String| faults.push(format!("the member {}: {what}", row.to));
        let source = Source::new(&row.from, secrets).map_err(&mut fault).ok();
        let when = row.when.as_ref().map(|when| {
            let source = Source::new(&when.from, secrets).map_err(&mut fault).ok()?;
            Some(Condition { source, values: when.values.clone(), not: when.not })
        });
        if row.scale.is_some_and(|scale| scale.per == 0 || scale.times == 0 || scale.times > 1_000_000) {
            fault("a unit is a number from 1 to 1000000 over another".to_owned());
        }
        for span in &row.spans {
            if span.from.zip(span.to).is_some_and(|(from, to)| from > to) {
                fault("a range begins after its end".to_owned());
            }
        }
        let when = match when {
            None => None,
            Some(when) => Some(when?),
        };
        Some(Self {
            source: source?,
            style: row.style,
            scale: row.scale,
            replace: row.replace.clone(),
            spans: row.spans.clone(),
            otherwise: row.otherwise.clone(),
            missing: row.missing.clone(),
            then: row.then.clone(),
            when,
            cdata: row.cdata,
        })
    }

    /// Whether it is always sent.
    pub(crate) const fn always(&self) -> bool {
        self.when.is_none()
    }

    /// The value as it is written; none when the row is not sent.
    pub(crate) fn value<'a>(&'a self, view: &'a impl View) -> Option<Out<'a>> {
        if self.when.as_ref().is_some_and(|when| !when.holds(view)) {
            return None;
        }
        let out = match self.source.value(view, self.style).and_then(|out| self.written(out, view)) {
            Some(out) => out,
            None => Out::Text(self.missing.as_deref()?.into()),
        };
        if self.then.is_empty() {
            return Some(out);
        }
        self.then.iter().try_fold(out, |out, style| apply(*style, out, view.today()))
    }

    fn written<'a>(&'a self, out: Out<'a>, view: &impl View) -> Option<Out<'a>> {
        let out = match self.scale {
            Some(scale) => scaled(scale, out),
            None => out,
        };
        if let Some(theirs) = self.replaced(&out) {
            return Some(Out::Text(theirs.into()));
        }
        apply(self.style, out, view.today())
    }

    fn replaced(&self, out: &Out<'_>) -> Option<&str> {
        if self.replace.is_empty() && self.spans.is_empty() && self.otherwise.is_none() {
            return None;
        }
        replacement(&self.replace, &self.spans, self.otherwise.as_deref(), &plain(out))
    }
}

/// What stands for one of our values; none when it is sent as it is.
pub(crate) fn replacement<'a>(
    replace: &'a [Replace],
    spans: &'a [Span],
    otherwise: Option<&'a str>,
    ours: &str,
) -> Option<&'a str> {
    if let Some(found) = replace.iter().find(|replace| replace.ours.eq_ignore_ascii_case(ours)) {
        return Some(&found.theirs);
    }
    let number = ours.trim().parse::<i64>().ok();
    let within = |span: &&Span| {
        number.is_some_and(|n| span.from.is_none_or(|from| n >= from) && span.to.is_none_or(|to| n <= to))
    };
    spans.iter().find(within).map(|span| span.theirs.as_str()).or(otherwise)
}

impl Condition {
    fn holds(&self, view: &impl View) -> bool {
        let found = self.source.value(view, Style::Plain);
        let yes = found.is_some_and(|out| {
            let text = plain(&out);
            if self.values.is_empty() {
                !text.is_empty() && out != Out::Flag(false)
            } else {
                self.values.iter().any(|value| value.trim().eq_ignore_ascii_case(&text))
            }
        });
        yes != self.not
    }
}
