//! The cost of a page against its number, ours beside a walk with `LastEvaluatedKey`.

use std::fmt::Write as _;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 70.0;
const BOTTOM: f64 = 50.0;

/// Writes `docs/scale.svg`, read units by page; both axes are logarithmic.
pub(crate) fn write(ours: &[(u64, f64)], walk: &[(u64, f64)], users: u64) {
    let most = ours.iter().map(|(page, _)| *page as f64).fold(10.0, f64::max);
    let x = |page: f64| LEFT + page.log10() / most.log10() * (WIDTH - LEFT - 20.0);
    let top = walk.iter().map(|(_, units)| *units).fold(10.0, f64::max).log10().ceil();
    let y = |units: f64| HEIGHT - BOTTOM - units.max(1.0).log10() / top * (HEIGHT - BOTTOM - 20.0);
    let line = |points: &[(f64, f64)]| {
        points.iter().map(|(page, units)| format!("{:.1},{:.1}", x(*page), y(*units))).collect::<Vec<_>>().join(" ")
    };
    let [census, walk] =
        [ours, walk].map(|line| line.iter().map(|(page, units)| (*page as f64, *units)).collect::<Vec<_>>());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let mut power = 0.0;
    while power <= top {
        let (at, units) = (y(10_f64.powf(power)), 10_f64.powf(power));
        writeln!(svg, "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>", WIDTH - 20.0)
            .unwrap();
        writeln!(svg, "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{units}</text>", LEFT - 6.0, at + 4.0).unwrap();
        power += 1.0;
    }
    let mut page = 1.0;
    while page <= most {
        writeln!(svg, "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{page}</text>", x(page), HEIGHT - 32.0)
            .unwrap();
        page *= 10.0;
    }
    for (points, colour, name, at) in [(&census, "#0a6", "Roster", 6.0), (&walk, "#c33", "LastEvaluatedKey", -8.0)] {
        writeln!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>", line(points))
            .unwrap();
        let (page, units) = points[points.len() / 2];
        writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{name}</text>", x(page), y(units) - 8.0 - at)
            .unwrap();
    }
    writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">page, of 15 of {users} users</text>",
        WIDTH / 2.0,
        HEIGHT - 10.0
    )
    .unwrap();
    writeln!(
        svg,
        "<text x=\"14\" y=\"{}\" transform=\"rotate(-90 14 {})\" text-anchor=\"middle\">read units</text>",
        HEIGHT / 2.0,
        HEIGHT / 2.0
    )
    .unwrap();
    svg.push_str("</svg>\n");
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/scale.svg"), svg).unwrap();
}
