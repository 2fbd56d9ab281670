use crate::http::{Request, weighted};

/// How a response is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

/// The format that a media type requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MediaRange {
    This(Format),
    Any,
    Other,
}

impl Format {
    /// The format of the response to a request: the path's extension, else `Accept`, else, where any format is
    /// accepted, the type of the request.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let accept = request.header("accept").unwrap_or_default();
        Self::choose(&request.path, &accept, &request.content_type())
    }

    fn choose(path: &str, accept: &str, content_type: &str) -> Self {
        let sent = match media_range(content_type) {
            MediaRange::This(format) => format,
            MediaRange::Any | MediaRange::Other => Self::Json,
        };
        extension(path).unwrap_or_else(|| accepted(accept, sent))
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

/// The best of the types that are accepted, by weight and then by order; `sent` where any is.
fn accepted(accept: &str, sent: Format) -> Format {
    let mut best: Option<(Format, f32)> = None;
    let mut is_any_accepted = accept.trim().is_empty();
    for (name, weight) in weighted(&accept.to_ascii_lowercase()) {
        match media_range(name) {
            MediaRange::This(format) if weight > 0.0 && best.is_none_or(|(_, best)| weight > best) => {
                best = Some((format, weight));
            }
            MediaRange::Any if weight > 0.0 => is_any_accepted = true,
            MediaRange::This(_) | MediaRange::Any | MediaRange::Other => {}
        }
    }
    match best {
        Some((format, _)) => format,
        None if is_any_accepted => sent,
        None => Format::Json,
    }
}

fn media_range(name: &str) -> MediaRange {
    match name {
        "application/json" | "text/json" => MediaRange::This(Format::Json),
        "application/xml" | "text/xml" => MediaRange::This(Format::Xml),
        "*/*" | "application/*" => MediaRange::Any,
        suffix if suffix.ends_with("+json") => MediaRange::This(Format::Json),
        suffix if suffix.ends_with("+xml") => MediaRange::This(Format::Xml),
        _ => MediaRange::Other,
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
