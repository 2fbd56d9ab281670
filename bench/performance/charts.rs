//! Bars and lines as SVG, beside the document that shows them.

use std::fmt::Write as _;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 130.0;
const RIGHT: f64 = 70.0;
const COLOURS: [&str; 4] = ["#0a7d5c", "#8fc7b5", "#c33", "#36c"];

/// A bar of one or more parts, one after the other.
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) parts: Vec<f64>,
}

/// Writes `docs/{file}`: a bar each, with its whole length beside it.
pub(crate) fn bars(file: &str, unit: &str, parts: &[&str], bars: &[Bar]) {
    let rows: Vec<Row> = bars
        .iter()
        .map(|bar| {
            let mut spans = Vec::new();
            let mut from = 0.0;
            for (part, length) in bar.parts.iter().enumerate() {
                spans.push(Span { part, from, to: from + length });
                from += length;
            }
            Row { label: bar.label.clone(), spans, reported: format!("{from:.1}") }
        })
        .collect();
    spans(file, unit, parts, &rows);
}

/// What lies between two points, of one kind.
pub(crate) struct Span {
    pub(crate) part: usize,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

/// A line of a chart of spans.
pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) spans: Vec<Span>,
    /// What stands at its end.
    pub(crate) reported: String,
}

/// Writes `docs/{file}`: what lay when, on one axis that begins with 0.
pub(crate) fn spans(file: &str, unit: &str, parts: &[&str], rows: &[Row]) {
    let most = rows.iter().flat_map(|row| &row.spans).map(|span| span.to).fold(0.0, f64::max);
    let step = tick(most);
    let end = (most / step).ceil() * step;
    let x = |value: f64| LEFT + value / end * (WIDTH - LEFT - RIGHT);
    let bottom = 40.0 + 26.0 * rows.len() as f64;
    let mut svg = begin(bottom + 42.0);
    let mut value = 0.0;
    while value <= end + step / 2.0 {
        let at = x(value);
        writeln!(svg, "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"34\" y2=\"{bottom}\" stroke=\"#ddd\"/>").unwrap();
        label(&mut svg, at, bottom + 16.0, "middle", "#333", &format!("{value}"));
        value += step;
    }
    label(&mut svg, f64::midpoint(LEFT, WIDTH - RIGHT), bottom + 34.0, "middle", "#333", unit);
    legend(&mut svg, parts);
    for (number, row) in rows.iter().enumerate() {
        let y = 40.0 + 26.0 * number as f64;
        label(&mut svg, LEFT - 8.0, y + 14.0, "end", "#333", &row.label);
        for span in &row.spans {
            let (from, width) = (x(span.from), (x(span.to) - x(span.from)).max(1.0));
            let colour = COLOURS[span.part];
            writeln!(svg, "<rect x=\"{from:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"18\" fill=\"{colour}\"/>")
                .unwrap();
        }
        let last = row.spans.iter().map(|span| span.to).fold(0.0, f64::max);
        label(&mut svg, x(last) + 6.0, y + 14.0, "start", "#333", &row.reported);
    }
    write(file, svg);
}

/// Writes `docs/{file}`: lines over the same few places of the horizontal axis; the vertical one is logarithmic.
pub(crate) fn lines(file: &str, across: &str, up: &str, places: &[u64], lines: &[(&str, Vec<f64>)]) {
    const HEIGHT: f64 = 360.0;
    const BOTTOM: f64 = 310.0;
    let values = || lines.iter().flat_map(|(_, values)| values).copied();
    let low = values().fold(f64::MAX, f64::min).log10().floor();
    let high = values().fold(0.0, f64::max).log10().ceil();
    let x = |place: usize| LEFT + place as f64 / (places.len() - 1).max(1) as f64 * (WIDTH - LEFT - RIGHT);
    let y = |value: f64| BOTTOM - (value.log10() - low) / (high - low) * (BOTTOM - 40.0);
    let mut svg = begin(HEIGHT);
    let mut power = low;
    while power <= high {
        let (value, at) = (10_f64.powf(power), y(10_f64.powf(power)));
        writeln!(svg, "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>", WIDTH - RIGHT)
            .unwrap();
        label(&mut svg, LEFT - 8.0, at + 4.0, "end", "#333", &format!("{value}"));
        power += 1.0;
    }
    for (place, reported) in places.iter().enumerate() {
        label(&mut svg, x(place), BOTTOM + 18.0, "middle", "#333", &reported.to_string());
    }
    label(&mut svg, f64::midpoint(LEFT, WIDTH - RIGHT), HEIGHT - 10.0, "middle", "#333", across);
    label(&mut svg, 8.0, 20.0, "start", "#333", up);
    for ((name, values), colour) in lines.iter().zip(COLOURS) {
        let points: Vec<_> =
            values.iter().enumerate().map(|(place, value)| format!("{:.1},{:.1}", x(place), y(*value))).collect();
        writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            points.join(" ")
        )
        .unwrap();
        let last = values.last().copied().unwrap_or(1.0);
        label(&mut svg, WIDTH - RIGHT + 6.0, y(last) + 4.0, "start", colour, name);
    }
    write(file, svg);
}

/// A round number of which four to ten make `most`.
fn tick(most: f64) -> f64 {
    let power = 10_f64.powf(most.max(0.001).log10().floor());
    [0.1, 0.2, 0.5, 1.0].into_iter().map(|part| part * power).find(|step| most / step <= 8.0).unwrap_or(power)
}

fn begin(height: f64) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    )
}

fn legend(svg: &mut String, parts: &[&str]) {
    let mut x = LEFT;
    for (part, colour) in parts.iter().zip(COLOURS) {
        writeln!(svg, "<rect x=\"{x}\" y=\"10\" width=\"12\" height=\"12\" fill=\"{colour}\"/>").unwrap();
        label(svg, x + 18.0, 20.0, "start", "#333", part);
        x += 40.0 + 7.0 * part.len() as f64;
    }
}

fn label(svg: &mut String, x: f64, y: f64, anchor: &str, colour: &str, text: &str) {
    writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>").unwrap();
}

fn write(file: &str, svg: String) {
    let path = format!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/{}"), file);
    std::fs::write(path, svg + "</svg>\n").unwrap();
}
