//! Compresses the files of the documentation: Swagger UI from the crate that contains it, our own page, and the OpenAPI
//! documents.

use std::{
    error::Error,
    fs,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

/// The folder in the crate's archive.
const SWAGGER_UI: &str = "swagger-ui-5.32.6";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json";

/// The path and the media type of each file. The files in `dist` belong to Swagger UI.
const ASSETS: [(&str, &str, &str); 10] = [
    ("/docs", "docs/page.html", HTML),
    ("/docs/page.css", "docs/page.css", CSS),
    ("/docs/page.js", "docs/page.js", SCRIPT),
    ("/docs/swagger-ui.css", "dist/swagger-ui.css", CSS),
    ("/docs/swagger-ui-bundle.js", "dist/swagger-ui-bundle.js", SCRIPT),
    ("/docs/swagger-ui-standalone-preset.js", "dist/swagger-ui-standalone-preset.js", SCRIPT),
    ("/docs/member.json", "../docs/openapi/member.json", JSON),
    ("/docs/admin.json", "../docs/openapi/admin.json", JSON),
    ("/docs/exceed.json", "../docs/openapi/exceed.json", JSON),
    ("/openapi.json", "../docs/openapi/roster.json", JSON),
];

fn main() -> Result<(), Box<dyn Error>> {
    let place = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut swagger_ui = ZipArchive::new(std::io::Cursor::new(SWAGGER_UI_VENDORED))?;
    let mut table = String::from("[\n");
    for (number, (path, source, content_type)) in ASSETS.into_iter().enumerate() {
        let file = place.join(format!("{number}.gz"));
        let octets = if source.starts_with("dist/") { unpacked(&mut swagger_ui, source)? } else { read(source)? };
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&octets)?;
        fs::write(&file, encoder.finish()?)?;
        table += &format!("    ({path:?}, {content_type:?}, include_bytes!({:?})),\n", file.display().to_string());
    }
    fs::write(place.join("assets.rs"), table + "]\n")?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

fn read(source: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={source}");
    fs::read(Path::new(source)).map_err(|error| format!("{source}: {error}").into())
}

fn unpacked<R: std::io::Read + std::io::Seek>(
    archive: &mut ZipArchive<R>,
    source: &str,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut octets = Vec::new();
    archive.by_name(&format!("{SWAGGER_UI}/{source}"))?.read_to_end(&mut octets)?;
    Ok(octets)
}
