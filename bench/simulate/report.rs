//! The measured parts of `docs/scale.md`, between marks.

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/scale.md");

/// Puts `text` where the document has the mark `name`.
pub(crate) fn write(name: &str, text: &str) {
    println!("\n{text}");
    let (begin, end) = (format!("<!-- measured: {name} -->\n"), format!("<!-- end: {name} -->"));
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = document.split_once(&begin).expect("the document has the mark");
    let (_, after) = rest.split_once(&end).expect("the mark has an end");
    std::fs::write(DOCUMENT, format!("{before}{begin}{}\n{end}{after}", text.trim_end())).unwrap();
}
