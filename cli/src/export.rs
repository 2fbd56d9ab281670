//! `roster export`: streams the users of an account, in memory that does not grow with the account.

use std::{
    collections::BTreeMap,
    io::{self, BufWriter, Write},
};

use anyhow::Context as _;
use futures_util::TryStreamExt as _;
use roster_domain::{PhcString, PlanId, User};

use crate::{
    args::ExportArgs,
    connect,
    record::{self, Format, slugs},
};

/// Runs the command.
pub(crate) async fn run(args: ExportArgs) -> anyhow::Result<()> {
    let directory = connect::target(&args.target, false).await?;
    let account = args.account;
    anyhow::ensure!(
        directory.account_get(account).await?.is_some(),
        "there is no account {account}; `roster account list` shows those there are"
    );
    let slugs = slugs(&directory, account).await?;
    let mut sheet = Sheet::new(args.format, args.with_hashes, BufWriter::new(io::stdout()))?;
    let mut users = directory.user_stream(account);
    while let Some(users) = users.try_next().await? {
        for (user, hash) in users {
            let hash = args.with_hashes.then_some(hash.as_ref());
            sheet.write(&user, hash, &slugs).context("standard output is closed")?;
        }
    }
    sheet.end().context("standard output is closed")
}

enum Sheet<W: Write> {
    Ndjson(W),
    Csv(Box<csv::Writer<W>>),
}

impl<W: Write> Sheet<W> {
    fn new(format: Format, with_hashes: bool, out: W) -> anyhow::Result<Self> {
        Ok(match format {
            Format::Ndjson => Self::Ndjson(out),
            Format::Csv => {
                let mut csv = csv::Writer::from_writer(out);
                csv.write_record(record::csv_header(with_hashes))?;
                Self::Csv(Box::new(csv))
            }
        })
    }

    fn write(
        &mut self,
        user: &User,
        hash: Option<Option<&PhcString>>,
        slugs: &BTreeMap<PlanId, String>,
    ) -> anyhow::Result<()> {
        match self {
            Self::Ndjson(out) => writeln!(out, "{}", record::json(user, hash, slugs))?,
            Self::Csv(csv) => csv.write_record(record::csv_row(user, hash, slugs))?,
        }
        Ok(())
    }

    fn end(self) -> anyhow::Result<()> {
        match self {
            Self::Ndjson(mut out) => out.flush()?,
            Self::Csv(mut csv) => csv.flush()?,
        }
        Ok(())
    }
}
