//! The measured parts of a document, between marks.

/// Puts `text` where `docs/{document}` has the mark `name`.
pub(crate) fn write(document: &str, name: &str, text: &str) {
    println!("\n{text}");
    let path = format!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/{}"), document);
    let (begin, end) = (format!("<!-- measured: {name} -->\n"), format!("<!-- end: {name} -->"));
    let written = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = written.split_once(&begin).expect("the document has the mark");
    let (_, after) = rest.split_once(&end).expect("the mark has an end");
    std::fs::write(&path, format!("{before}{begin}{}\n{end}{after}", text.trim_end())).unwrap();
}
