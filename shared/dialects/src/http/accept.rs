//! `Accept` and `Accept-Encoding`: names with weights (RFC 9110, 12.4.2).

/// The names in a header with their weights, in order. A weight that is no number is 1.
///
/// `header` is in lower case.
pub(crate) fn weighted(header: &str) -> impl Iterator<Item = (&str, f32)> {
    header.split(',').map(|part| {
        let mut parts = part.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        (name, weight.and_then(|weight| weight.trim().parse().ok()).unwrap_or(1.0))
    })
}

/// Whether an `Accept-Encoding` names gzip, or everything, and not with a weight of 0.
pub(super) fn accepts_gzip(header: &str) -> bool {
    let header = header.to_ascii_lowercase();
    let weight = |name: &str| weighted(&header).find(|(own, _)| *own == name).map(|(_, weight)| weight);
    weight("gzip").or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
}
