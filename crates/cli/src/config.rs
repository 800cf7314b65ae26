//! `exemplar.toml` in the working folder: options of `exemplar build`, of which `exemplar doctor` takes those that it has. Those of
//! the command line win.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use toml::{Spanned, Value};

use crate::input;

pub const FILE: &str = "exemplar.toml";

const MAX_BYTES: u64 = 1 << 20;

/// Names that are no nearer than this to what was written are not suggested.
const LIKE: f64 = 0.7;

type Keys = BTreeMap<Spanned<String>, Spanned<Value>>;

/// The command line `given`, with what the file says, if `given` is a command that reads a site.
pub fn with_file(cli: Command, given: Vec<OsString>) -> Result<Vec<OsString>> {
    let reads_site = |name: &&str| given.get(1).is_some_and(|first| first == name);
    let command = ["build", "doctor"].into_iter().find(reads_site);
    let asks_for_help = given.iter().any(|word| word == "-h" || word == "--help");
    let Some(command) = command.filter(|_| !asks_for_help && Path::new(FILE).exists()) else {
        return Ok(given);
    };
    let text = input::bytes(Path::new(FILE), MAX_BYTES)
        .map_err(|problem| anyhow!("cannot read {FILE}: {problem}"))?;
    let text = String::from_utf8(text).with_context(|| format!("{FILE} is not UTF-8"))?;
    let mut words = given[..2].to_vec();
    words.extend(options(cli, command, &given, &text)?);
    words.extend_from_slice(&given[2..]);
    Ok(words)
}

/// The options of the file `text` that the command has and its line leaves open, as it would say them.
pub fn options(cli: Command, command: &str, given: &[OsString], text: &str) -> Result<Vec<OsString>> {
    let keys: Keys = toml::from_str(text).map_err(|error| {
        let way_out =
            if text.contains('\\') { "\n(write paths with /, which Windows takes too)" } else { "" };
        anyhow!("{FILE}: {}{way_out}", error.to_string().trim_end())
    })?;
    let mut cli = cli.ignore_errors(true);
    cli.build();
    let matches = cli.clone().try_get_matches_from(given).ok();
    let matches = matches.as_ref().and_then(|matches| matches.subcommand_matches(command));
    let build = cli.find_subcommand("build").context("there is no build")?;
    let command = cli.find_subcommand(command).context("there is no such command")?;
    let said = matches.map_or_else(Vec::new, |matches| said(command, matches));
    let has = |arg: &Arg| command.get_arguments().any(|other| other.get_id() == arg.get_id());
    let mut options = Vec::new();
    for (key, value) in &keys {
        let line = 1 + text[..key.span().start].matches('\n').count();
        let arg = named(build, key.get_ref()).with_context(|| format!("{FILE}, line {line}"))?;
        let written = written(arg, value.get_ref())
            .with_context(|| format!("{FILE}, line {line}: {}", key.get_ref()))?;
        if has(arg) && !said.iter().any(|other| gives_way(build, arg, other)) {
            options.extend(written);
        }
    }
    Ok(options)
}

/// The options that the command line says.
fn said<'c>(command: &'c Command, matches: &ArgMatches) -> Vec<&'c Arg> {
    let is_said = |arg: &&Arg| {
        let id = arg.get_id().as_str();
        matches.try_contains_id(id).is_ok() && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    command.get_arguments().filter(is_said).collect()
}

/// Whether an option of the file goes where the command line says `other`.
fn gives_way(build: &Command, arg: &Arg, other: &Arg) -> bool {
    let conflicts =
        |a: &Arg, b: &Arg| build.get_arg_conflicts_with(a).iter().any(|found| found.get_id() == b.get_id());
    let alternatives = |group: &clap::ArgGroup| {
        let has = |arg: &Arg| group.get_args().any(|id| id == arg.get_id());
        !group.clone().is_multiple() && has(arg) && has(other)
    };
    arg.get_id() == other.get_id()
        || conflicts(arg, other)
        || conflicts(other, arg)
        || build.get_groups().any(alternatives)
}

/// The option that a key names.
fn named<'b>(build: &'b Command, key: &str) -> Result<&'b Arg> {
    let options = || {
        build
            .get_arguments()
            .filter_map(|arg| Some((arg.get_long()?, arg)))
            .filter(|(name, _)| *name != "help")
    };
    if let Some((_, arg)) = options().find(|(name, _)| *name == key) {
        return Ok(arg);
    }
    let likeness = |name: &str| strsim::jaro_winkler(name, key);
    let nearest = options().map(|(name, _)| name).max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match nearest.filter(|name| likeness(name) >= LIKE) {
        Some(name) => bail!("there is no key {key}: is {name} meant?"),
        None => bail!(
            "there is no key {key}: the keys are the options of `exemplar build`, see `exemplar build --help`"
        ),
    }
}

/// An option with its value as the command line says it.
fn written(arg: &Arg, value: &Value) -> Result<Vec<OsString>> {
    let name = arg.get_long().unwrap_or_default();
    let one = |value: &Value| -> Result<OsString> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            // What is on or off.
            Value::Boolean(true) => "on".into(),
            Value::Boolean(false) => "off".into(),
            _ => bail!("expected a text or a number"),
        };
        Ok(format!("--{name}={text}").into())
    };
    match (arg.get_action(), value) {
        (ArgAction::SetTrue, Value::Boolean(true)) => Ok(vec![format!("--{name}").into()]),
        (ArgAction::SetTrue, Value::Boolean(false)) => Ok(Vec::new()),
        (ArgAction::SetTrue, _) => bail!("expected true or false"),
        (ArgAction::Append, Value::Array(values)) => values.iter().map(one).collect(),
        (_, Value::Array(_)) => bail!("takes one value, not a list"),
        _ => Ok(vec![one(value)?]),
    }
}
