use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesDecl, BytesStart, Event},
};

use super::BadBody;

/// Levels of elements that are read.
const MAX_DEPTH: usize = 16;

/// An element with everything in it.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// Names and values, in order.
    attributes: Vec<(String, String)>,
    /// All text that stands directly in it, joined.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The value of an attribute without a prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The values of an attribute with any prefix, or without one.
    pub(crate) fn attributes_named<'a>(&'a self, local_name: &'a str) -> impl Iterator<Item = &'a str> {
        let has_name = move |name: &str| name.split_once(':').map_or(name, |(_, local)| local) == local_name;
        self.attributes.iter().filter(move |(name, _)| has_name(name)).map(|(_, value)| value.as_str())
    }
}

/// Reads an XML document: its root.
///
/// Document types are rejected, and with them every entity but XML's own five.
pub(crate) fn read(body: &[u8]) -> Result<Element, BadBody> {
    let text = std::str::from_utf8(body).map_err(|_| BadBody::NotXml)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.chars().all(is_xml) {
        return Err(BadBody::NotXml);
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    reader.config_mut().expand_empty_elements = true;
    let mut document = Document::default();
    let mut first = true;
    loop {
        match reader.read_event().map_err(|_| BadBody::NotXml)? {
            Event::Start(tag) => document.start(&tag)?,
            Event::End(_) => document.end()?,
            Event::Text(text) if text.contains("]]>") => return Err(BadBody::NotXml),
            Event::Text(text) => document.text(&text.xml10_content())?,
            // Outside the root there is white space alone, and as it is.
            Event::CData(_) | Event::GeneralRef(_) if document.open.is_empty() => return Err(BadBody::NotXml),
            Event::CData(text) => document.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|_| BadBody::NotXml)?;
                match character {
                    Some(character) if is_xml(character) => document.text(character.encode_utf8(&mut [0; 4]))?,
                    Some(_) => return Err(BadBody::NotXml),
                    None => document.text(resolve_predefined_entity(&reference).ok_or(BadBody::NotXml)?)?,
                }
            }
            Event::Decl(declaration) if first => check_declaration(&declaration)?,
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return document.finish(),
            Event::DocType(_) | Event::Decl(_) | Event::Empty(_) => return Err(BadBody::NotXml),
        }
        first = false;
    }
}

/// Whether a character may stand in an XML document (XML 1.0, 2.2).
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Whether a text is a name (XML 1.0, 2.3).
fn is_name(text: &str) -> bool {
    let starts = |c: char| {
        matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{2ff}' | '\u{370}'..='\u{1fff}' | '\u{200c}'..='\u{218f}'
            | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
            && !matches!(c, '\u{d7}' | '\u{f7}' | '\u{37e}' | '\u{2000}'..='\u{200b}' | '\u{200e}'..='\u{206f}')
    };
    let continues = |c| {
        starts(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}' | '\u{2040}')
    };
    text.starts_with(starts) && text.chars().all(continues)
}

/// Checks that a document declares no other encoding than UTF-8, or ASCII as a part of it.
fn check_declaration(declaration: &BytesDecl) -> Result<(), BadBody> {
    let version = declaration.version().map_err(|_| BadBody::NotXml)?;
    let encoding = declaration.encoding().transpose().map_err(|_| BadBody::NotXml)?;
    let known = encoding.is_none_or(|name| ["utf-8", "us-ascii"].iter().any(|known| name.eq_ignore_ascii_case(known)));
    if known && version.starts_with("1.") { Ok(()) } else { Err(BadBody::NotXml) }
}

/// A document that is being read.
#[derive(Default)]
struct Document {
    open: Vec<Element>,
    root: Option<Element>,
}

impl Document {
    fn start(&mut self, tag: &BytesStart) -> Result<(), BadBody> {
        if self.open.len() == MAX_DEPTH || (self.open.is_empty() && self.root.is_some()) {
            return Err(BadBody::NotXml);
        }
        let name = tag.name().as_ref().to_owned();
        if !is_name(&name) {
            return Err(BadBody::NotXml);
        }
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| BadBody::NotXml)?;
            let value = attribute.normalized_value(XmlVersion::default()).map_err(|_| BadBody::NotXml)?;
            if !is_name(attribute.key.as_ref()) || attribute.value.contains('<') || !value.chars().all(is_xml) {
                return Err(BadBody::NotXml);
            }
            attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        self.open.push(Element { name, attributes, text: String::new(), children: Vec::new() });
        Ok(())
    }

    fn end(&mut self) -> Result<(), BadBody> {
        let element = self.open.pop().ok_or(BadBody::NotXml)?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), BadBody> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(BadBody::NotXml),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, BadBody> {
        self.root.filter(|_| self.open.is_empty()).ok_or(BadBody::NotXml)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_well_formed_or_could_hurt_is_rejected() {
        let deep = format!("{}{}", "<a>".repeat(17), "</a>".repeat(17));
        let bomb = "<!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><l>&b;</l>";
        let external = "<!DOCTYPE l SYSTEM \"file:///etc/passwd\"><l/>";
        for body in [
            deep.as_str(),
            bomb,
            external,
            "",
            "x",
            "<a>",
            "<a><b></a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>x",
            "x<a/>",
            "<a b/>",
            "<a b=1/>",
            "<a b=\"1\" b=\"2\"/>",
            "<a b=\"&x;\"/>",
            "<a>&x;</a>",
            "<a>&#0;</a>",
            "<a>&#1;</a>",
            "<a>&#xd800;</a>",
            "<a>& b</a>",
            "<a>\u{1}</a>",
            "<a>\u{ffff}</a>",
            "<a><!-- a -- b --></a>",
            "<a/><?xml version=\"1.0\"?>",
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>",
            "<a><![CDATA[x</a>",
            "<1a>x</1a>",
            "<a!b/>",
            "<>x</>",
            "<a>x]]>y</a>",
            "<a b=\"<\"/>",
            "<a b=\"&#1;\"/>",
            "<a 1=\"\"/>",
            "<?xml version=\"9\"?><a/>",
            "<?xml encoding=\"utf-8\"?><a/>",
            "<a/><![CDATA[ ]]>",
            "<a/>&#32;",
        ] {
            assert!(matches!(read(body.as_bytes()), Err(BadBody::NotXml)), "{body}");
        }
        assert!(read(b"<a>\xff</a>").is_err());
        assert!(read("<a/>".encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>().as_slice()).is_err());
        let just = format!("{}{}", "<a>".repeat(16), "</a>".repeat(16));
        assert!(read(just.as_bytes()).is_ok());
    }

    #[test]
    fn eighty_thousand_levels_are_rejected() {
        assert!(read("<a>".repeat(80_000).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(body in "[<>&;/a-c!\\[\\]\"'= ?-]{0,40}|\\PC*") {
            let _ = read(body.as_bytes());
        }

        #[test]
        fn what_is_escaped_comes_through(value in "[^\\p{Cc}\u{fffe}\u{ffff}]*") {
            let body = format!("<user><city>{}</city></user>", quick_xml::escape::escape(&value));
            let root = read(body.as_bytes()).unwrap();
            prop_assert_eq!(&root.children[0].text, &value);
        }
    }
}
