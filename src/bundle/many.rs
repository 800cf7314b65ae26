//! Reading long arrays without a vector that grows by copying itself: memory once taken never goes back to the browser.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};

/// Elements that are read before the next piece of memory is taken.
const CHUNK: usize = 256;

/// A vector of exactly the room that its elements need.
pub(super) fn vec<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    struct Chunks<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Chunks<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("a sequence")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
            let (mut chunks, mut last) = (Vec::new(), Vec::new());
            while let Some(element) = elements.next_element()? {
                if last.len() == CHUNK {
                    chunks.push(std::mem::replace(&mut last, Vec::with_capacity(CHUNK)));
                }
                last.push(element);
            }
            let mut all = Vec::with_capacity(chunks.len() * CHUNK + last.len());
            chunks.into_iter().for_each(|chunk| all.extend(chunk));
            all.extend(last);
            Ok(all)
        }
    }

    deserializer.deserialize_seq(Chunks(PhantomData))
}

/// [`vec`], where there may be none.
pub(super) fn option<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    struct Wrapped<T>(Vec<T>);

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Wrapped<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            vec(deserializer).map(Self)
        }
    }

    Option::<Wrapped<T>>::deserialize(deserializer).map(|some| some.map(|Wrapped(vec)| vec))
}
