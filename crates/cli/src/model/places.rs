//! The folders in which a model is looked for.

use std::env;
use std::path::{Path, PathBuf};

use super::known::LAST;

/// Names a model folder where `--model-dir` does not.
pub const VARIABLE: &str = "EXEMPLAR_MODEL_DIR";

/// Where the program keeps what it fetched, within the user's cache folder.
const FOLDER: &str = "exemplar-search/models";

/// The folder of a model that `--model-dir` names, whatever is in it; or that the environment names, unless another name is
/// asked for than that folder has.
pub fn told(option: Option<&Path>, name: Option<&str>) -> Option<PathBuf> {
    let from_environment = || env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    let fits = |folder: &PathBuf| name.is_none() || folder_name(folder).as_deref() == name;
    option.map(Path::to_owned).or_else(|| from_environment().filter(fits))
}

/// What a folder is called.
pub fn folder_name(folder: &Path) -> Option<String> {
    Some(folder.canonicalize().ok()?.file_name()?.to_str()?.to_owned())
}

/// The folders in which a model of this name would be, first come first: beside the program, where packages put it; and in
/// the user's cache, where it is kept once it was fetched.
pub fn usual(name: &str) -> Vec<PathBuf> {
    let program = env::current_exe().ok().and_then(|path| path.canonicalize().ok());
    let beside = program.and_then(|path| Some(path.parent()?.join("models").join(name)));
    beside.into_iter().chain(cached(name)).collect()
}

/// The folder in the user's cache; there is none if the user has no cache folder.
pub fn cached(name: &str) -> Option<PathBuf> {
    Some(dirs::cache_dir()?.join(FOLDER).join(name))
}

/// Whether a whole model is there.
pub fn holds_model(folder: &Path) -> bool {
    folder.join(LAST).is_file()
}
