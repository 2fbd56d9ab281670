use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesDecl, BytesStart, Event},
};

use super::{BadBody, Value, value::Named};

/// Levels of elements that are read.
const DEEPEST: usize = 16;

/// Reads an XML document: the children of its root, and those of the child called `wrapper`.
///
/// Document types are refused, and with them every entity but XML's own five. Dashes in names
/// count as underscores.
pub(super) fn read(body: &[u8], wrapper: &str) -> Result<Named, BadBody> {
    let text = std::str::from_utf8(body).map_err(|_| BadBody::NotXml)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.chars().all(is_xml) {
        return Err(BadBody::NotXml);
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    reader.config_mut().expand_empty_elements = true;
    let mut document = Document { wrapper, open: Vec::new(), root: None, inner: None, is_malformed: false };
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
            Event::Eof => return document.finished(),
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
    let goes_on = |c| {
        starts(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}' | '\u{2040}')
    };
    text.starts_with(starts) && text.chars().all(goes_on)
}

/// Only UTF-8, and ASCII as a part of it, are read; a document that says otherwise is not.
fn check_declaration(declaration: &BytesDecl) -> Result<(), BadBody> {
    let version = declaration.version().map_err(|_| BadBody::NotXml)?;
    let encoding = declaration.encoding().transpose().map_err(|_| BadBody::NotXml)?;
    let known = encoding.is_none_or(|name| ["utf-8", "us-ascii"].iter().any(|known| name.eq_ignore_ascii_case(known)));
    if known && version.starts_with("1.") { Ok(()) } else { Err(BadBody::NotXml) }
}

struct Document<'a> {
    wrapper: &'a str,
    open: Vec<Element>,
    root: Option<Vec<(String, Value)>>,
    inner: Option<Vec<(String, Value)>>,
    is_malformed: bool,
}

struct Element {
    name: String,
    nil: bool,
    is_array: bool,
    text: String,
    children: Vec<(String, Value)>,
}

impl Document<'_> {
    fn start(&mut self, tag: &BytesStart) -> Result<(), BadBody> {
        if self.open.len() == DEEPEST || (self.open.is_empty() && self.root.is_some()) {
            return Err(BadBody::NotXml);
        }
        if !is_name(tag.name().as_ref()) {
            return Err(BadBody::NotXml);
        }
        let (mut nil, mut is_array) = (false, false);
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| BadBody::NotXml)?;
            let value = attribute.normalized_value(XmlVersion::default()).map_err(|_| BadBody::NotXml)?;
            if !is_name(attribute.key.as_ref()) || attribute.value.contains('<') || !value.chars().all(is_xml) {
                return Err(BadBody::NotXml);
            }
            is_array |= attribute.key.as_ref() == "type" && value == "array";
            nil |= attribute.key.local_name().as_ref() == "nil" && matches!(value.as_ref(), "true" | "1");
        }
        let name = tag.name().as_ref().replace('-', "_");
        self.open.push(Element { name, nil, is_array, text: String::new(), children: Vec::new() });
        Ok(())
    }

    fn end(&mut self) -> Result<(), BadBody> {
        let Element { name, nil, is_array, text, children } = self.open.pop().ok_or(BadBody::NotXml)?;
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(children);
            return Ok(());
        };
        let is_blank = children.is_empty() && text.trim().is_empty();
        let value = match (nil, is_array, children.is_empty()) {
            (true, ..) => Value::Null,
            (false, true, _) => Value::list(children.iter().map(|(_, value)| value.clone()).collect()),
            (false, false, true) => Value::Text(text),
            (false, false, false) => Value::Compound,
        };
        parent.children.push((name.clone(), value));
        if self.open.len() == 1 && name == self.wrapper {
            self.is_malformed = is_array || (children.is_empty() && !is_blank);
            self.inner = Some(children).filter(|children| !children.is_empty() && !is_array);
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

    fn finished(self) -> Result<Named, BadBody> {
        match self.root {
            Some(outer) if self.open.is_empty() => {
                Ok(Named { outer, inner: self.inner, is_malformed: self.is_malformed })
            }
            _ => Err(BadBody::NotXml),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn outer(body: &str) -> Vec<(String, Value)> {
        read(body.as_bytes(), "user").unwrap().outer
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn children_of_the_root_are_fields() {
        let body = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a --><user type=\"x\">\r\n \
                    <first-name>a &amp; b&#x20;&lt;<![CDATA[<&>]]>\r\nc\u{1f600}</first-name><zip nil=\"true\"/><city/>\
                    <custom_a xsi:nil=\"1\" xmlns:xsi=\"x\"></custom_a><state><b>x</b></state></user>\n";
        let expected = [
            ("first_name", text("a & b <<&>\nc😀")),
            ("zip", Value::Null),
            ("city", text("")),
            ("custom_a", Value::Null),
            ("state", Value::Compound),
        ];
        assert_eq!(outer(body), expected.map(|(name, value)| (name.to_owned(), value)));
    }

    #[test]
    fn a_wrapper_in_the_root_is_told_apart() {
        let named = read(b"<r><api-key>k</api-key><user><login>x</login></user></r>", "user").unwrap();
        assert_eq!(named.outer.first(), Some(&("api_key".to_owned(), text("k"))));
        assert_eq!(named.inner, Some(vec![("login".to_owned(), text("x"))]));
    }

    #[test]
    fn what_is_not_well_formed_or_could_hurt_is_refused() {
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
            assert!(matches!(read(body.as_bytes(), "user"), Err(BadBody::NotXml)), "{body}");
        }
        assert!(read(b"<a>\xff</a>", "user").is_err());
        assert!(read("<a/>".encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>().as_slice(), "user").is_err());
        let just = format!("{}{}", "<a>".repeat(16), "</a>".repeat(16));
        assert!(read(just.as_bytes(), "user").is_ok());
    }

    #[test]
    fn eighty_thousand_levels_are_refused() {
        assert!(read("<a>".repeat(80_000).as_bytes(), "user").is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(body in "[<>&;/a-c!\\[\\]\"'= ?-]{0,40}|\\PC*") {
            let _ = read(body.as_bytes(), "user");
        }

        #[test]
        fn what_is_escaped_comes_through(value in "[^\\p{Cc}\u{fffe}\u{ffff}]*") {
            let body = format!("<user><city>{}</city></user>", quick_xml::escape::escape(&value));
            prop_assert_eq!(outer(&body), vec![("city".to_owned(), Value::Text(value))]);
        }
    }
}
