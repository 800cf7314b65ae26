// A constructed sheet, which a Content-Security-Policy without any style-src allows.

export const sheet = new CSSStyleSheet();

sheet.replaceSync(`
:host { display: block }
:host([hidden]) { display: none }
/* Nothing that a page says of all elements, or has them inherit, comes further than the host; but direction, language and font do. */
.box {
  all: initial;
  --_accent: var(--exemplar-accent, light-dark(#6a3fa0, #c5a6f3));
  --_paper: var(--exemplar-background, light-dark(#fff, #1e1d1b));
  --_ink: var(--exemplar-color, light-dark(#1d1b18, #ece8e1));
  --_muted: var(--exemplar-muted, light-dark(#625d55, #aaa49a));
  --_rule: var(--exemplar-border, light-dark(#e3dfd7, #3a3732));
  --_field: var(--exemplar-field-border, light-dark(#8d877d, #7d776d));
  --_mark: var(--exemplar-mark, color-mix(in oklab, var(--_accent) 22%, transparent));
  --_alarm: light-dark(#9d1c1c, #ff9d94);
  --_radius: var(--exemplar-radius, 8px);
  display: block;
  position: relative;
  /* The language, by which Chromium chooses glyphs and hyphens. */
  -webkit-locale: inherit;
  color-scheme: inherit;
  visibility: inherit;
  pointer-events: inherit;
  -webkit-user-select: text;
  user-select: text;
  text-size-adjust: 100%;
  -webkit-text-size-adjust: 100%;
  color: var(--_ink);
  font-family: var(--exemplar-font, inherit);
  /* What the reader set the browser to, 16 px unless they did, whatever the page has its html element at. */
  font-size: var(--exemplar-font-size, medium);
  line-height: 1.5;
  text-align: start;
  overflow-wrap: anywhere;
}
*, ::before, ::after { box-sizing: border-box }
[hidden] { display: none !important }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
button { font: inherit; color: inherit; cursor: pointer }
svg { display: block; width: 1.25em; height: 1.25em; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linecap: round }
:focus-visible, .field:has(input:focus) { outline: 2px solid var(--_accent); outline-offset: 1px }

form { margin: 0 }
.field {
  display: flex;
  align-items: center;
  gap: 0.5em;
  min-height: 2.75em;
  padding-inline: 0.75em;
  border: 1px solid var(--_field);
  border-radius: var(--_radius);
  background: var(--_paper);
  color: var(--_muted);
}
/* 16 px, so that phones do not zoom into it. */
input {
  flex: 1;
  min-width: 0;
  width: 100%;
  align-self: stretch;
  padding: 0;
  border: 0;
  outline: 0 !important;
  background: none;
  color: var(--_ink);
  font: inherit;
  font-size: max(1em, 16px);
  appearance: none;
}
input::placeholder { color: var(--_muted); opacity: 1 }
input::-webkit-search-cancel-button { display: none }
kbd {
  padding: 0 0.5em;
  border: 1px solid var(--_rule);
  border-radius: 4px;
  font-family: inherit;
  font-size: 0.75em;
  line-height: 1.5;
  white-space: nowrap;
}
.field:focus-within .shortcut { display: none }
.clear { display: grid; padding: 0.43em; margin-inline-end: -0.43em; border: 0; border-radius: 50%; background: none; font-size: 0.875em; color: inherit }
.clear:hover { color: var(--_ink) }

/* With the looks of a field. */
.opener { width: 100%; font: inherit; text-align: start }
.opener:hover { color: var(--_ink) }
.button-label { flex: 1 }
:host([mode="button"]) { display: inline-block; vertical-align: middle; min-width: min-content }
dialog {
  /* Percentages, not units of the screen: those know nothing of a page that is zoomed by CSS. */
  width: var(--exemplar-dialog-width, 40em);
  max-width: calc(100% - 2em);
  max-height: calc(100% - 2em - min(6em, 10%));
  margin: min(6em, 10%) auto auto;
  padding: 0;
  overflow: hidden;
  flex-direction: column;
  border: 1px solid var(--_rule);
  border-radius: calc(var(--_radius) + 4px);
  background: var(--_paper);
  color: var(--_ink);
  box-shadow: 0 16px 64px rgb(0 0 0 / 0.3);
}
dialog[open] { display: flex }
dialog::backdrop { background: rgb(0 0 0 / 0.45) }
dialog .shortcut { display: none }
dialog form { flex: 1; min-width: 0 }
.top { display: flex; align-items: center; padding: 0.5em; gap: 0.25em; border-block-end: 1px solid var(--_rule) }
.close { min-height: 2.75em; padding-inline: 0.75em; border: 0; border-radius: var(--_radius); background: none; color: var(--_accent) }
.close:hover { background: color-mix(in oklab, var(--_accent) 7%, transparent) }
@media (max-width: 40em) {
  .button-label { position: absolute; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
  .opener .shortcut { display: none }
  .opener { width: 2.75em; justify-content: center; padding: 0 }
  dialog { width: 100%; max-width: 100%; height: var(--_screen, 100%); max-height: 100%; margin: 0; border: 0; border-radius: 0 }
}

.panel { display: flex; flex-direction: column; min-height: 0; color: var(--_ink) }
dialog .panel { flex: 1 }
.panel[popover] {
  position: fixed;
  inset: auto;
  inset-block-start: var(--_top, auto);
  inset-block-end: var(--_bottom, auto);
  left: var(--_left, 8px);
  margin: 0;
  padding: 0;
  width: var(--exemplar-panel-width, var(--_width, 20em));
  max-width: calc(100% - 16px);
  max-height: min(var(--exemplar-panel-height, 36em), var(--_room, 100%));
  overflow: hidden;
  border: 1px solid var(--_rule);
  border-radius: var(--_radius);
  background: var(--_paper);
  box-shadow: 0 12px 40px rgb(0 0 0 / 0.18), 0 2px 8px rgb(0 0 0 / 0.1);
}
.panel[popover]:not(:popover-open) { display: none }

.note { padding: 0.857em 1.143em; font-size: 0.875em; color: var(--_muted) }
.note p { margin: 0 }
.note .head { color: var(--_ink); font-weight: 600 }
.note.problem .head { color: var(--_alarm) }
.panel:not(.popped) .note { padding-inline: 0 }
progress { display: block; appearance: none; width: 100%; height: 0.286em; margin-block-start: 0.571em; border: 0; border-radius: 1em; background: var(--_rule); overflow: hidden }
progress::-webkit-progress-bar { background: var(--_rule) }
progress::-webkit-progress-value { background: var(--_accent) }
progress::-moz-progress-bar { background: var(--_accent) }

.list { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; scroll-padding-block: 0.5em; outline-offset: -2px }
.panel:not(.popped) .list { overflow: visible }
.list[aria-busy="true"] { opacity: 0.7; transition: opacity 0.2s 0.15s }

.hit { padding: 0.375em 0.5em; border-block-start: 1px solid var(--_rule) }
.hit:first-child { border-block-start: 0 }
.panel:not(.popped) .hit { padding-inline: 0; padding-block: 0.75em }
.head, .under { display: flex; align-items: flex-start; gap: 0.125em }
.head > :first-child, .under > :first-child { flex: 1; min-width: 0 }
.title, .section { display: block; padding: 0.375em 0.5em; border-radius: calc(var(--_radius) - 2px); color: inherit; text-decoration: none }
.panel:not(.popped) :is(.title, .section) { padding-inline: 0 }
.name { font-weight: 600; line-height: 1.375 }
.panel:not(.popped) .name { font-size: 1.125em }
a:hover :is(.name, .heading) { text-decoration: underline; text-underline-offset: 0.2em; text-decoration-thickness: from-font }
.section { margin-inline-start: 0.5em; padding-inline-start: 0.75em; border-inline-start: 2px solid var(--_rule); border-start-start-radius: 0; border-end-start-radius: 0 }
.panel:not(.popped) .section { margin-inline-start: 0; padding-inline-start: 0.75em }
.also { display: flex; flex-wrap: wrap; margin-inline-start: 0.5em; padding-inline-start: 0.375em; border-inline-start: 2px solid var(--_rule) }
.also > * { max-width: 100% }
[part="also"] { display: block; padding: 0.1875em 0.375em; border-radius: calc(var(--_radius) - 2px); color: var(--_muted); text-decoration: none }
.also .heading { font-weight: 400; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.panel:not(.popped) .also { margin-inline-start: 0 }
/* Of another direction than the page, they still stand in line with it. */
.heading, .excerpt, .line button, .note p { text-align: -webkit-match-parent; text-align: match-parent }
.heading { display: block; font-size: 0.875em; font-weight: 500 }
.excerpt { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; overflow: hidden; font-size: 0.875em; color: var(--_muted) }
.panel:not(.popped) .excerpt { -webkit-line-clamp: 3; line-clamp: 3 }
mark { background: var(--_mark); color: var(--_ink); border-radius: 0.125em; padding-inline: 0.0625em; margin-inline: -0.0625em }
.labels { display: inline-flex; flex-wrap: wrap; gap: 0.333em 0.667em; font-size: 0.75em; color: var(--_muted) }
.tag { padding-inline: 0.5em; border: 1px solid var(--_rule); border-radius: 1em }
.feedback { display: grid; place-items: center; width: 2em; height: 2em; margin-block-start: 2px; padding: 0; border: 0; border-radius: 50%; background: none; color: var(--_muted) }
.feedback svg { width: 1em; height: 1em }
.feedback:hover { background: var(--_rule); color: var(--_ink) }
@media (hover: hover) {
  .popped .feedback { opacity: 0 }
  .popped .hit:is(:hover, :has([aria-selected])) .feedback { opacity: 1 }
}
.popped .hit :is(.title, .section, [part="also"]):hover { background: color-mix(in oklab, var(--_accent) 7%, transparent) }
[aria-selected="true"] > * { background: color-mix(in oklab, var(--_accent) 14%, transparent) !important; outline: 2px solid var(--_accent); outline-offset: -2px }

.choices { display: flex; flex-wrap: wrap; align-items: center; gap: 0.43em; padding: 0.571em 1.143em; font-size: 0.875em }
.panel:not(.popped) .choices { padding-inline: 0 }
.choices .caption { color: var(--_muted); font-size: 0.929em }
.chip { padding: 0.214em 0.714em; min-height: 2em; border: 1px solid var(--_rule); border-radius: 1em; background: none; text-align: start }
.chip:hover { border-color: var(--_field) }
.chip[aria-pressed="true"] { border-color: var(--_accent); background: color-mix(in oklab, var(--_accent) 14%, transparent) }
.chip .count { color: var(--_muted) }
.line { padding: 0 0.5em }
.line button { display: block; width: 100%; padding: 0.5em; border: 0; border-radius: calc(var(--_radius) - 2px); background: none; text-align: start }
[part="retry"] { color: var(--_accent); font-weight: 600 }
.line button:hover { background: color-mix(in oklab, var(--_accent) 7%, transparent) }
.caption-line { padding: 0.615em 1.23em 0.154em; font-size: 0.8125em; color: var(--_muted) }
.panel:not(.popped) :is(.caption-line, .line) { padding-inline: 0 }

.keys { display: flex; flex-wrap: wrap; gap: 0.333em 1.333em; padding: 0.5em 1.333em; border-block-start: 1px solid var(--_rule); font-size: 0.75em; color: var(--_muted) }
.keys kbd { font-size: 1em }
@media (hover: none), (max-width: 30em) { .keys, .shortcut { display: none } }
@media (hover: none) { .feedback { width: 2.25em; height: 2.25em; margin-block-start: 0 } .chip { min-height: 2.857em } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important } }
@media (forced-colors: active) {
  .field:has(input:focus), [aria-selected="true"] > * { outline-color: Highlight }
  .chip[aria-pressed="true"] { border-color: Highlight }
  mark { background: Mark; color: MarkText }
  progress::-webkit-progress-value { background: CanvasText; forced-color-adjust: none }
}
`);
