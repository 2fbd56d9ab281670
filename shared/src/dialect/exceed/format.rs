use crate::http::Call;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Xml,
}

/// What a type in a header asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    This(Format),
    Anything,
    Other,
}

impl Format {
    /// The format of a call's answer: the path's extension, else `Accept`, else, where that leaves
    /// it open, the type of the request.
    pub(super) fn of(call: &Call) -> Self {
        let accept = call.header("accept").unwrap_or_default();
        Self::choose(call.raw_path(), &accept, &call.content_type())
    }

    fn choose(path: &str, accept: &str, content_type: &str) -> Self {
        let own = match asked(content_type) {
            Asked::This(format) => format,
            Asked::Anything | Asked::Other => Self::Json,
        };
        extension(path).unwrap_or_else(|| accepted(accept, own))
    }
}

/// The extension of a path, without the slash at its end.
fn extension(path: &str) -> Option<Format> {
    let path = path.strip_suffix('/').unwrap_or(path);
    [(".json", Format::Json), (".xml", Format::Xml)]
        .into_iter()
        .find_map(|(extension, format)| path.ends_with(extension).then_some(format))
}

/// A path's segment without an extension that names a format.
pub(super) fn without_extension(segment: &str) -> &str {
    [".json", ".xml"].iter().find_map(|extension| segment.strip_suffix(extension)).unwrap_or(segment)
}

/// The best of the types that are accepted, by weight and then by order; `own` where anything is.
fn accepted(accept: &str, own: Format) -> Format {
    let mut best: Option<(Format, f32)> = None;
    let mut anything = accept.trim().is_empty();
    for part in accept.to_ascii_lowercase().split(',') {
        let mut parts = part.split(';').map(str::trim);
        let kind = asked(parts.next().unwrap_or_default());
        let weight = parts.find_map(|part| part.strip_prefix("q=")).and_then(|q| q.trim().parse().ok()).unwrap_or(1.0);
        match kind {
            Asked::This(format) if weight > 0.0 && best.is_none_or(|(_, best)| weight > best) => {
                best = Some((format, weight));
            }
            Asked::Anything if weight > 0.0 => anything = true,
            Asked::This(_) | Asked::Anything | Asked::Other => {}
        }
    }
    match best {
        Some((format, _)) => format,
        None if anything => own,
        None => Format::Json,
    }
}

fn asked(kind: &str) -> Asked {
    match kind {
        "application/json" | "text/json" => Asked::This(Format::Json),
        "application/xml" | "text/xml" => Asked::This(Format::Xml),
        "*/*" | "application/*" => Asked::Anything,
        suffix if suffix.ends_with("+json") => Asked::This(Format::Json),
        suffix if suffix.ends_with("+xml") => Asked::This(Format::Xml),
        _ => Asked::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_decides_then_what_is_accepted_then_what_was_sent() {
        let xml = "application/xml";
        for (path, accept, sent, expected) in [
            ("/api/v2/users.json", xml, xml, Format::Json),
            ("/api/v2/users.xml/", "application/json", "", Format::Xml),
            ("/api/v2/users/7.xml", "", "", Format::Xml),
            ("/api/v2/users", xml, "application/json", Format::Xml),
            ("/api/v2/users", "text/xml; Q=0.5, application/json; q=0.6", xml, Format::Json),
            ("/api/v2/users", "text/xml, application/json", "", Format::Xml),
            ("/api/v2/users", "application/xml;q=0, */*", xml, Format::Xml),
            ("/api/v2/users", "*/*", xml, Format::Xml),
            ("/api/v2/users", "", "text/xml", Format::Xml),
            ("/api/v2/users", "text/html", xml, Format::Json),
            ("/api/v2/users", "text/html, */*;q=0.1", xml, Format::Xml),
            ("/api/v2/users", "", "application/x-www-form-urlencoded", Format::Json),
        ] {
            assert_eq!(Format::choose(path, accept, sent), expected, "{path} {accept} {sent}");
        }
    }
}
