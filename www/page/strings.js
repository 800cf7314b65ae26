import { ExemplarError } from '../client/exemplar-search.js';

// Everything the page says. Messages for errors are looked up by the error's code; `fallback` covers the rest.

/** @typedef {typeof en} Strings */

const en = {
  language: 'en',
  otherLanguage: { code: 'ja', name: '日本語' },

  tagline: 'Search a static site by meaning. Ranked in your browser, by several methods side by side.',
  queryLabel: 'Search by meaning',
  queryPlaceholder: 'Ask in your own words',
  kLabel: 'Results',
  bundleLabel: 'Site',
  search: 'Search',
  suggestions: 'Try',
  privacy: 'Ranking runs on this device. Only the text of a query leaves it, once it is sent, to the embedding API that the settings name; what is found while typing needs none.',
  keys: 'Keys: / to the query, arrows between hits, Enter opens, Esc goes back to the query and clears it.',

  methods: {
    knn: { name: 'kNN', note: 'The articles nearest to the query, by cosine similarity.' },
    svm: { name: 'SVM', note: 'A linear classifier trained on the spot: the query against every article.' },
    hybrid: { name: 'Hybrid', note: 'The mean of both scores, each in standard deviations.' },
    'whitened+lexical': { name: 'With keywords', note: 'The default for a query: by meaning, in the SVM’s closed form, and by its words.' },
  },
  hits: (/** @type {string} */ method) => `Hits by ${method}`,
  score: 'score',
  similar: 'Similar',
  similarTo: (/** @type {string} */ title) => `Articles similar to “${title}”`,
  backToQuery: (/** @type {string} */ query) => `Back to the hits for “${query}”`,
  backToStart: 'Back to the start',
  knnRank: (/** @type {string} */ rank) => `kNN ${rank}`,
  up: (/** @type {string} */ by, /** @type {string} */ rank) => `up ${by} from rank ${rank} in kNN`,
  down: (/** @type {string} */ by, /** @type {string} */ rank) => `down ${by} from rank ${rank} in kNN`,
  same: 'same rank in kNN',
  beyond: (/** @type {string} */ rank) => `not among the first ${rank} of kNN`,

  loading: 'Loading',
  loadingBundle: 'Articles',
  loadingWasm: 'Ranking engine',
  of: (/** @type {string} */ loaded, /** @type {string} */ total) => `${loaded} of ${total}`,
  articles: (/** @type {string} */ count) => `${count} articles`,
  passages: (/** @type {string} */ count) => `${count} passages`,
  dimensions: (/** @type {string} */ count) => `${count} dimensions`,
  parts: (/** @type {string} */ files, /** @type {string} */ bytes, /** @type {string} */ share) => `This site is searched in parts. This search fetched ${files} files of ${bytes} together, and is expected to have found ${share} of the best hits.`,
  loadWhole: 'Load the whole site and compare all methods',
  onPage: 'Ranking on the page’s own thread: no worker could be started here.',
  embedding: 'Asking for the query’s embedding',
  found: (/** @type {string} */ hits) => `${hits} by each method`,
  encoded: (/** @type {string} */ known) => `Encoded without an API by the site’s query encoder, which knows about ${known} of the query`,
  unknown: 'The site’s query encoder knows nothing of this query; only its words are searched for',
  askingApi: 'asking the embedding API',
  hitCount: (/** @type {number} */ n, /** @type {string} */ count) => (n === 1 ? '1 hit' : `${count} hits`),
  embedded: (/** @type {string} */ time) => `Query embedded in ${time}`,
  underTenth: 'under 0.1 ms',
  passes: (/** @type {string} */ passes) => `${passes} passes`,
  gap: (/** @type {string} */ gap) => `Duality gap ${gap}`,
  stops: {
    converged: 'converged',
    topk: 'order proven',
    rounding: 'rounding hides the rest',
    'step-limit': 'at the limit of steps',
  },
  scale: (/** @type {string} */ last, /** @type {string} */ first) => `The bars go from the last score shown, ${last}, to the first, ${first}.`,

  steer: 'Steer the ranking',
  cost: 'C of the SVM',
  defaultCost: (/** @type {string} */ C) => `Back to ${C}`,
  costNote: 'Small: every article counts. Large: those nearest to the query decide.',
  costEffect: (/** @type {string} */ moved, /** @type {string} */ of, /** @type {string} */ C) => `${moved} of the SVM’s ${of} hits have another rank than at ${C}.`,
  examplesLabel: 'What the ranking learns from',
  examplesHint: 'Teach it: like or dislike hits, and every column follows.',
  like: (/** @type {string} */ title) => `More like “${title}”`,
  dislike: (/** @type {string} */ title) => `Less like “${title}”`,
  unlike: (/** @type {string} */ title) => `More like “${title}”: undo`,
  undislike: (/** @type {string} */ title) => `Less like “${title}”: undo`,
  clearExamples: 'Undo all',
  keepExamples: 'Keep as “for you”',
  forYou: 'Articles for you',
  forgetKept: 'Forget “for you”',
  kept: 'Kept in this browser, and nowhere else',
  notKept: 'This browser does not let the page keep anything',
  forgotten: 'Forgotten',
  articlesByExamples: 'Articles by those you like',
  likeFirst: 'Like an article or ask something: dislikes alone do not say what you are looking for',
  examplesGiven: (/** @type {string} */ liked, /** @type {string} */ disliked) => `Learned from ${liked} liked, ${disliked} disliked`,

  sections: 'Sections of this page',
  toHits: 'Hits',
  toMap: 'Map',
  toHow: 'How it works',
  toBenchmark: 'Benchmark',
  mapTitle: 'The map',
  mapLead: 'Every passage of the site, and where each method finds its hits.',
  howTitle: 'How it works',
  benchmarkTitle: 'On this machine',
  benchmarkLead: 'What a query costs here, in this browser, beside a loop in plain JavaScript over the same vectors.',

  settings: 'Settings',
  settingsTitle: 'Embedding API',
  settingsIntro: 'A query is compared with the articles by its embedding, which must come from the model that made the bundle.',
  endpoint: 'Endpoint',
  model: 'Model',
  inputType: 'Input type (empty: not sent)',
  prefix: 'Put before the query',
  apiKey: 'Key',
  apiKeyNote: 'Kept in memory until this page is closed, and sent only to the endpoint.',
  apply: 'Apply',
  cancel: 'Cancel',
  resetSettings: 'As the bundle says',

  retry: 'Try again',
  retryIn: (/** @type {string} */ seconds) => `The server asks to wait ${seconds} s.`,
  errors: {
    network: ['No answer', 'The server cannot be reached. Check the network and the address.'],
    cors: ['The browser may not read the answer', 'The server works, but does not allow pages of this origin to read its answers (CORS). Allow it there, or use an endpoint of this site’s own origin, such as the one of “exemplar serve”.'],
    unauthorized: ['The API refuses the key', 'Check the key in the settings: it is missing, wrong, or not allowed to use this model.'],
    'rate-limited': ['Too many requests', 'The API asks for a pause.'],
    timeout: ['No answer in time', 'The server is slow or down. Try again.'],
    http: ['The server answered with an error', 'The line below says which.'],
    'no-api': ['There is no embedding API here', 'A static host has none of its own. Set the address of one in the settings.'],
    unavailable: ['The server cannot answer now', 'It works, but the service behind it does not answer. Try again in a moment.'],
    'bad-response': ['Not an embedding', 'The answer is not that of an OpenAI-compatible embedding API. Check the endpoint.'],
    'query-dimensions': ['The embedding does not fit this bundle', 'It has another number of dimensions than the articles. Use the model that the bundle was built with.'],
    'other-model': ['This API answers with another model', 'Its vectors do not fit the articles, so the hits would be noise. Use the model that the bundle was built with.'],
    'unknown-article': ['There is no such article', 'The address names an article that this bundle does not have.'],
    'unknown-bundle': ['There is no such site here', 'Choose one from the list.'],
    'no-bundles': ['Nothing to search yet', 'This page looks for bundles/index.json beside it, which lists the bundles.'],
    bundle: ['The bundle cannot be used', 'It is damaged, of another format, or from a newer release. Build it again.'],
    vector: ['A vector cannot be compared', 'It is all zeros, or has values that are not finite. The line below names it.'],
    'no-encoder': ['The bundle has no query encoder', 'Build it again with one, or set an embedding API in the settings.'],
    encoder: ['The bundle’s query encoder cannot be used', 'It is damaged, or of another embedding model than the bundle. Build it again.'],
    option: ['A setting cannot be used', 'Check the settings.'],
    fallback: ['Something went wrong', 'Try again. If it happens again, reload the page.'],
  },
};

/** @type {Strings} */
const ja = {
  language: 'ja',
  otherLanguage: { code: 'en', name: 'English' },

  tagline: '静的サイトを意味で検索。順位づけはすべてブラウザの中で、いくつもの方法を並べて示します。',
  queryLabel: '意味で検索',
  queryPlaceholder: '自分の言葉で尋ねてください',
  kLabel: '件数',
  bundleLabel: 'サイト',
  search: '検索',
  suggestions: '例',
  privacy: '順位づけはこの端末で行います。端末の外に出るのは送信した検索文だけで、送り先は設定した埋め込み API です。入力中の検索に API は使いません。',
  keys: 'キー操作: / で検索欄へ、矢印で結果の間を移動、Enter で開く、Esc で検索欄に戻り、消去。',

  methods: {
    knn: { name: 'kNN', note: 'コサイン類似度で検索文に最も近い記事。' },
    svm: { name: 'SVM', note: '検索文を正例、全記事を負例として、その場で学習する線形分類器。' },
    hybrid: { name: 'ハイブリッド', note: '二つのスコアを標準偏差でそろえた平均。' },
    'whitened+lexical': { name: 'キーワードとともに', note: '検索文に対する既定の順位。SVM の閉じた形による意味と、文中の語を合わせます。' },
  },
  hits: (method) => `${method} の結果`,
  score: 'スコア',
  similar: '似た記事',
  similarTo: (title) => `「${title}」に似た記事`,
  backToQuery: (query) => `「${query}」の結果に戻る`,
  backToStart: '最初に戻る',
  knnRank: (rank) => `kNN ${rank} 位`,
  up: (by, rank) => `kNN の ${rank} 位から ${by} つ上昇`,
  down: (by, rank) => `kNN の ${rank} 位から ${by} つ下降`,
  same: 'kNN と同じ順位',
  beyond: (rank) => `kNN の上位 ${rank} 件の外`,

  loading: '読み込み中',
  loadingBundle: '記事',
  loadingWasm: '検索エンジン',
  of: (loaded, total) => `${loaded} / ${total}`,
  articles: (count) => `${count} 記事`,
  passages: (count) => `${count} 節`,
  dimensions: (count) => `${count} 次元`,
  parts: (files, bytes, share) => `このサイトは部分ごとに検索します。今回は ${files} 個のファイル(合わせて ${bytes})を取得し、最良の結果の ${share} が見つかっている見込みです。`,
  loadWhole: 'サイト全体を読み込み、すべての方法を比べる',
  onPage: 'ワーカーを起動できないため、ページのスレッドで順位づけします。',
  embedding: '検索文の埋め込みを取得しています',
  found: (hits) => `各方法 ${hits}`,
  encoded: (known) => `サイトの検索文エンコーダーが API なしで位置づけ(検索文の約 ${known} を知っています)`,
  unknown: 'サイトの検索文エンコーダーはこの検索文を知りません。語だけを探しました',
  askingApi: '埋め込み API に問い合わせています',
  hitCount: (_n, count) => `${count} 件`,
  embedded: (time) => `検索文の埋め込み ${time}`,
  underTenth: '0.1 ms 未満',
  passes: (passes) => `走査 ${passes} 回`,
  gap: (gap) => `双対ギャップ ${gap}`,
  stops: {
    converged: '収束',
    topk: '順序が確定',
    rounding: '丸め誤差の限界',
    'step-limit': '反復の上限',
  },
  scale: (last, first) => `棒の長さは、示した中で最低のスコア ${last} から最高の ${first} まで。`,

  steer: '順位を動かす',
  cost: 'SVM の C',
  defaultCost: (C) => `${C} に戻す`,
  costNote: '小さいほど全記事が効き、大きいほど検索文に近い記事だけが決めます。',
  costEffect: (moved, of, C) => `SVM の ${of} 件のうち ${moved} 件が、${C} のときと違う順位です。`,
  examplesLabel: '順位づけの手本',
  examplesHint: '教える: 結果に好き嫌いを付けると、すべての列がすぐに従います。',
  like: (title) => `「${title}」のような記事を増やす`,
  dislike: (title) => `「${title}」のような記事を減らす`,
  unlike: (title) => `「${title}」のような記事を増やす: 取り消す`,
  undislike: (title) => `「${title}」のような記事を減らす: 取り消す`,
  clearExamples: 'すべて取り消す',
  keepExamples: '「あなたへの記事」として保存',
  forYou: 'あなたへの記事',
  forgetKept: '「あなたへの記事」を消去',
  kept: 'このブラウザにだけ保存しました',
  notKept: 'このブラウザはページに保存を許していません',
  forgotten: '消去しました',
  articlesByExamples: '好きな記事による結果',
  likeFirst: '好きな記事を選ぶか、何か尋ねてください。嫌いな記事だけでは、何をお探しか分かりません',
  examplesGiven: (liked, disliked) => `好き ${liked} 件、嫌い ${disliked} 件から学習`,

  sections: 'このページの内容',
  toHits: '結果',
  toMap: '地図',
  toHow: '仕組み',
  toBenchmark: '速さ',
  mapTitle: '地図',
  mapLead: 'サイトのすべての節と、それぞれの方法が結果を見つける場所。',
  howTitle: '仕組み',
  benchmarkTitle: 'この端末での速さ',
  benchmarkLead: 'このブラウザで一つの検索にかかる時間を、同じベクトルを普通の JavaScript のループで調べる時間と並べて測ります。',

  settings: '設定',
  settingsTitle: '埋め込み API',
  settingsIntro: '検索文は埋め込みベクトルとして記事と比べます。バンドルを作ったものと同じモデルが必要です。',
  endpoint: 'エンドポイント',
  model: 'モデル',
  inputType: '入力種別 input_type(空欄なら送りません)',
  prefix: '検索文の前に付ける文字列',
  apiKey: 'キー',
  apiKeyNote: 'このページを閉じるまでメモリにだけ保持し、エンドポイントにだけ送ります。',
  apply: '適用',
  cancel: 'キャンセル',
  resetSettings: 'バンドルの設定に戻す',

  retry: '再試行',
  retryIn: (seconds) => `サーバーは ${seconds} 秒待つよう求めています。`,
  errors: {
    network: ['応答がありません', 'サーバーに接続できません。ネットワークとアドレスを確かめてください。'],
    cors: ['応答を読むことが許されていません', 'サーバーは動いていますが、このページのオリジンを許可していません (CORS)。サーバー側で許可するか、「exemplar serve」のような同じオリジンのエンドポイントを使ってください。'],
    unauthorized: ['API がキーを受け付けません', '設定のキーを確かめてください。未入力か、誤りか、このモデルを使う権限がありません。'],
    'rate-limited': ['リクエストが多すぎます', 'API がしばらく待つよう求めています。'],
    timeout: ['時間内に応答がありません', 'サーバーが遅いか、動いていません。再試行してください。'],
    http: ['サーバーがエラーを返しました', '内容は下の行にあります。'],
    'no-api': ['ここには埋め込み API がありません', '静的ホスト自体に API はありません。設定で API のアドレスを指定してください。'],
    unavailable: ['サーバーは今応答できません', 'サーバーは動いていますが、その先の API が応答しません。しばらくして再試行してください。'],
    'bad-response': ['埋め込みではない応答です', 'OpenAI 互換の埋め込み API とは形が違います。エンドポイントを確かめてください。'],
    'query-dimensions': ['埋め込みがこのバンドルに合いません', '次元数が記事と異なります。バンドルを作ったモデルを使ってください。'],
    'other-model': ['この API は別のモデルで答えています', 'ベクトルが記事に合わず、結果に意味がありません。バンドルを作ったモデルを使ってください。'],
    'unknown-article': ['その記事はありません', 'アドレスが示す記事は、このバンドルにありません。'],
    'unknown-bundle': ['そのサイトはありません', '一覧から選んでください。'],
    'no-bundles': ['検索できるサイトがまだありません', 'このページは、隣の bundles/index.json にバンドルの一覧があることを前提としています。'],
    bundle: ['バンドルを使えません', '壊れているか、別の形式か、新しい版のものです。作り直してください。'],
    vector: ['比べられないベクトルがあります', 'すべて 0 か、有限でない値を含みます。下の行に示します。'],
    'no-encoder': ['バンドルに検索文エンコーダーがありません', '埋め込み API を使って作り直すか、設定で API を指定してください。'],
    encoder: ['バンドルの検索文エンコーダーを使えません', '壊れているか、バンドルと別の埋め込みモデルのものです。作り直してください。'],
    option: ['設定が正しくありません', '設定を確かめてください。'],
    fallback: ['問題が起きました', '再試行してください。続く場合はページを再読み込みしてください。'],
  },
};

/** @type {Record<string, Strings>} */
const languages = { en, ja };

/**
 * The first wanted language that the page speaks, by its primary subtag (`ja-JP` is `ja`); else English.
 * @param {readonly string[]} wanted BCP 47 tags, best first
 */
export function stringsFor(wanted) {
  const primary = wanted.map((tag) => tag.toLowerCase().split('-', 1)[0] ?? '');
  return languages[primary.find((tag) => Object.hasOwn(languages, tag)) ?? 'en'] ?? en;
}

/** What a host says that knows no such address, or only files. @type {(number | undefined)[]} */
const NO_API = [404, 405, 501];
/** What a server says when the one behind it is away. @type {(number | undefined)[]} */
const UNAVAILABLE = [502, 503, 504];

/**
 * Whether this is what a host answers that has no embedding API.
 * @param {unknown} error
 */
export function hasNoApi(error) {
  return error instanceof ExemplarError && NO_API.includes(error.status);
}

/** Codes that share a message. @type {Record<string, string>} */
const SHARED = {
  'bundle-json': 'bundle',
  'bundle-format': 'bundle',
  'bundle-version': 'bundle',
  'bundle-field': 'bundle',
  'duplicate-id': 'bundle',
  'not-finite': 'vector',
  'zero-vector': 'vector',
};

/**
 * What happened and what to do.
 * @param {Strings} strings
 * @param {{ code: string, status?: number }} error
 * @param {boolean} loaded whether the site had been loaded, so that only the embedding API can have been asked
 */
export function messageFor({ errors }, error, loaded) {
  const code = loaded && hasNoApi(error) ? 'no-api'
    : UNAVAILABLE.includes(error.status) ? 'unavailable'
    : error.code;
  const [title, advice] = /** @type {Record<string, string[]>} */ (errors)[SHARED[code] ?? code] ?? errors.fallback;
  return { title, advice };
}
