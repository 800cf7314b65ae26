//! Fields that this release does not know, of an object that there are many of.

use std::ops::Deref;
use std::sync::LazyLock;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::fields::Fields;

/// A [`Map`] that takes the room of a pointer where it is empty, as almost all are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extra(Option<Box<Map<String, Value>>>);

impl From<Map<String, Value>> for Extra {
    fn from(map: Map<String, Value>) -> Self {
        Self((!map.is_empty()).then(|| Box::new(map)))
    }
}

impl Deref for Extra {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        self.0.as_deref().unwrap_or(&EMPTY)
    }
}

/// What is left of an object's fields: nothing for most, and then no table is made.
impl From<Fields<'_>> for Extra {
    fn from(fields: Fields) -> Self {
        if fields.is_empty() { Self::default() } else { fields.rest().into() }
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}
