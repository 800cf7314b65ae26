// What the sections below the hits say; they are loaded after them.

/** @typedef {typeof en} Strings */

const en = {
  failed: (/** @type {string} */ reason) => `This could not be shown: ${reason}`,
  /** @type {Record<string, string>} */
  methods: { 'knn': 'kNN', 'svm': 'SVM', 'hybrid': 'Hybrid', 'whitened': 'Whitened', 'lexical': 'Words', 'whitened+lexical': 'With keywords' },

  map: {
    label: 'Map of the passages. Arrow keys pan, plus and minus zoom, 0 shows all; Tab leads to the hits. The table below says the same.',
    hits: 'Hits on the map',
    view: 'What the map shows',
    views: { scores: 'As kNN and the SVM see it', site: 'The site' },
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    all: 'Show all',
    passive: 'a passage',
    active: 'a passage within the SVM’s margin: the stronger, the deeper',
    query: 'the query, as kNN compares',
    positive: 'what the SVM takes for its positive: the query, aligned with the passages, or a liked article',
    axisX: 'the SVM’s decision →',
    axisY: '↑ cosine similarity',
    marginLine: 'margin, −1',
    scoresNote: 'Each passage by its two scores. kNN takes the topmost, down to its level line; the SVM the rightmost, up to its upright line; the hybrid those beyond the slanted one. An article counts by its best passage.',
    siteNote: (/** @type {string} */ dimensions) => `The plane in which the site’s passages differ most; near is alike, as far as two of ${dimensions} dimensions show it.`,
    activeNote: (/** @type {string} */ active, /** @type {string} */ all) => `${active} of ${all} passages are within the margin, and these alone make the SVM what it is.`,
    rank: (/** @type {string} */ method, /** @type {string} */ rank) => `${method} ${rank}`,
    similarity: (/** @type {string} */ score) => `cosine ${score}`,
    decision: (/** @type {string} */ score) => `SVM’s decision ${score}`,
    selectNote: 'Point at a passage to name it; a click or tap keeps its name and link here. Drag to pan; Ctrl and the wheel, or a pinch, to zoom.',
    table: 'The same as a table',
    caption: 'All passages with their scores, hits and places on the map',
    passage: 'Passage',
    columns: { similarity: 'Cosine', decision: 'SVM’s decision', within: 'Within the margin', hits: 'Hits', place: 'Place on the site’s map' },
    yes: 'yes',
    no: 'no',
    back: 'Back',
    on: 'On',
    range: (/** @type {string} */ from, /** @type {string} */ to, /** @type {string} */ all) => `${from} to ${to} of ${all}`,
  },
  benchmark: {
    start: 'Measure',
    stop: 'Stop',
    askFirst: 'Search for something first: this site cannot place a query without its API.',
    loading: 'Loading the bundle once more, into a worker of its own',
    round: (/** @type {string} */ round, /** @type {string} */ searches) => `Round ${round} of 25, ${searches} searches`,
    done: (/** @type {string} */ last) => `${last}: done`,
    stopped: (/** @type {string} */ round) => `Stopped after round ${round}`,
    plain: 'Plain JavaScript',
    whole: 'Default, whole',
    caption: 'Time and passes of each method',
    columns: ['Method', 'Median of a query', 'Middle half of all samples', 'Speed against plain JavaScript', 'Passes'],
    times: (/** @type {string} */ ratio) => `${ratio}×`,
    logarithmic: 'The scale is logarithmic.',
    facts: (/** @type {string} */ rows, /** @type {string} */ dims, /** @type {string} */ vectors, /** @type {string} */ instructions, /** @type {string} */ queries) =>
      `${rows} passages × ${dims} dimensions as ${vectors}, ${instructions}, one thread; ${queries} queries in turn. Each method ranks all passages, from the query’s vector or words to the best hit; plain JavaScript scans the same vectors as float32 for the best passages. A pass looks at all vectors once. The last row is a search as this page’s default makes it, with its hits, their texts and marked words.`,
  },
};

/** @type {Strings} */
const ja = {
  failed: (reason) => `表示できませんでした: ${reason}`,
  methods: { 'knn': 'kNN', 'svm': 'SVM', 'hybrid': 'ハイブリッド', 'whitened': '白色化', 'lexical': '語', 'whitened+lexical': 'キーワードとともに' },

  map: {
    label: '節の地図。矢印キーで移動、プラスとマイナスで拡大縮小、0 で全体を表示。Tab で結果へ進みます。下の表に同じ内容があります。',
    hits: '地図上の結果',
    view: '地図に示すもの',
    views: { scores: 'kNN と SVM から見た姿', site: 'サイト全体' },
    zoomIn: '拡大',
    zoomOut: '縮小',
    all: '全体を表示',
    passive: '節',
    active: 'SVM のマージンの内側にある節。深いほど濃い',
    query: '検索文 (kNN が比べる位置)',
    positive: 'SVM が正例とするもの。節に合わせてずらした検索文、または「好み」とした記事',
    axisX: 'SVM の判定値 →',
    axisY: '↑ コサイン類似度',
    marginLine: 'マージン −1',
    scoresNote: '各節を二つのスコアの位置に置きます。kNN は水平線より上を上から、SVM は垂直線より右を右から、ハイブリッドは斜線の外側を取ります。記事は最も良い節で数えます。',
    siteNote: (dimensions) => `節どうしの違いが最も大きく現れる平面です。${dimensions} 次元のうち二つで見える限り、近いものほど似ています。`,
    activeNote: (active, all) => `${all} 節のうち ${active} 節がマージンの内側にあり、SVM はこれらだけで決まります。`,
    rank: (method, rank) => `${method} ${rank} 位`,
    similarity: (score) => `コサイン ${score}`,
    decision: (score) => `SVM の判定値 ${score}`,
    selectNote: '節を指すと名前が出ます。クリックやタップで、名前とリンクがここに残ります。ドラッグで移動、Ctrl とホイール、またはピンチで拡大縮小。',
    table: '同じ内容を表で見る',
    caption: 'すべての節のスコア、結果、地図上の位置',
    passage: '節',
    columns: { similarity: 'コサイン', decision: 'SVM の判定値', within: 'マージンの内側', hits: '結果', place: 'サイトの地図での位置' },
    yes: 'はい',
    no: 'いいえ',
    back: '前へ',
    on: '次へ',
    range: (from, to, all) => `${all} 件中 ${from}～${to} 件`,
  },
  benchmark: {
    start: '測定する',
    stop: '止める',
    askFirst: '先に何か検索してください。このサイトは API なしでは検索文を置けません。',
    loading: 'バンドルを専用のワーカーにもう一度読み込んでいます',
    round: (round, searches) => `25 回のうち ${round} 回目、検索 ${searches} 回`,
    done: (last) => `${last}: 完了`,
    stopped: (round) => `${round} 回目のあとで停止`,
    plain: '普通の JavaScript',
    whole: '既定の検索全体',
    caption: '方法ごとの時間と走査の回数',
    columns: ['方法', '検索一回の中央値', '中央の半数の範囲', '普通の JavaScript と比べた速さ', '走査'],
    times: (ratio) => `${ratio} 倍`,
    logarithmic: '目盛りは対数です。',
    facts: (rows, dims, vectors, instructions, queries) =>
      `${rows} 節 × ${dims} 次元 (${vectors})、${instructions}、一スレッド。${queries} 個の検索文を順に使います。各方法は検索文のベクトルまたは語からすべての節を順位づけし、最良の結果を返します。普通の JavaScript は同じベクトルを float32 で走査して最良の節を探します。走査一回ですべてのベクトルを一度見ます。最後の行は、結果の本文と語の印まで含めた既定の検索全体です。`,
  },
};

/** @param {string} language that of strings.js */
export function stringsFor(language) {
  return language === 'ja' ? ja : en;
}
