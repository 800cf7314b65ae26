// What surrounds the hits: the box, its field or button, and its panel or dialog. A constructed sheet, which a Content-Security-Policy
// without any style-src allows.

import { newStyleSheet } from '../without-dom.js';

export const frame = newStyleSheet();

frame.replaceSync(`
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
@media (hover: none), (max-width: 30em) { .shortcut { display: none } }
@media (forced-colors: active) { .field:has(input:focus) { outline-color: Highlight } }
`);
