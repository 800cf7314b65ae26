// A constructed sheet, which a Content-Security-Policy without any style-src allows.

export const sheet = new CSSStyleSheet();

sheet.replaceSync(`
:host {
  --_accent: var(--exemplar-accent, light-dark(#6a3fa0, #c5a6f3));
  --_paper: var(--exemplar-background, light-dark(#fff, #1e1d1b));
  --_ink: var(--exemplar-color, light-dark(#1d1b18, #ece8e1));
  --_muted: var(--exemplar-muted, light-dark(#625d55, #aaa49a));
  --_rule: var(--exemplar-border, light-dark(#e3dfd7, #3a3732));
  --_field: var(--exemplar-field-border, light-dark(#8d877d, #7d776d));
  --_mark: var(--exemplar-mark, color-mix(in oklab, var(--_accent) 22%, transparent));
  --_alarm: light-dark(#9d1c1c, #ff9d94);
  --_radius: var(--exemplar-radius, 0.5rem);
  display: block;
  position: relative;
  color: var(--_ink);
  font-family: var(--exemplar-font, inherit);
  font-size: 1rem;
  line-height: 1.5;
  text-align: start;
  overflow-wrap: anywhere;
}
:host([hidden]) { display: none }
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
  gap: 0.5rem;
  min-height: 2.75rem;
  padding-inline: 0.75rem;
  border: 1px solid var(--_field);
  border-radius: var(--_radius);
  background: var(--_paper);
  color: var(--_muted);
}
/* 16 px, so that phones do not zoom into it. */
input {
  flex: 1;
  min-width: 0;
  align-self: stretch;
  padding: 0;
  border: 0;
  outline: 0 !important;
  background: none;
  color: var(--_ink);
  font: inherit;
  font-size: max(1rem, 16px);
  appearance: none;
}
input::placeholder { color: var(--_muted); opacity: 1 }
input::-webkit-search-cancel-button { display: none }
kbd {
  padding: 0 0.375rem;
  border: 1px solid var(--_rule);
  border-radius: 0.25rem;
  font: 0.75rem/1.5 inherit;
  font-family: inherit;
  white-space: nowrap;
}
.field:focus-within .shortcut { display: none }
.clear { display: grid; padding: 0.375rem; margin-inline-end: -0.375rem; border: 0; border-radius: 50%; background: none; font-size: 0.875rem; color: inherit }
.clear:hover { color: var(--_ink) }

.panel { display: flex; flex-direction: column; color: var(--_ink) }
.panel[popover] {
  position: fixed;
  inset: auto;
  inset-block-start: var(--_top, auto);
  inset-block-end: var(--_bottom, auto);
  left: var(--_left, 0);
  margin: 0;
  padding: 0;
  width: var(--_width, 20rem);
  max-height: min(var(--exemplar-panel-height, 36rem), 100dvh - var(--_taken, 4rem) - 0.5rem);
  overflow: hidden;
  border: 1px solid var(--_rule);
  border-radius: var(--_radius);
  background: var(--_paper);
  box-shadow: 0 0.75rem 2.5rem rgb(0 0 0 / 0.18), 0 0.125rem 0.5rem rgb(0 0 0 / 0.1);
}
.panel[popover]:not(:popover-open) { display: none }

.note { padding: 0.75rem 1rem; font-size: 0.875rem; color: var(--_muted) }
.note p { margin: 0 }
.note .head { color: var(--_ink); font-weight: 600 }
.note.problem .head { color: var(--_alarm) }
.panel:not([popover]) .note { padding-inline: 0 }
progress { display: block; appearance: none; width: 100%; height: 0.25rem; margin-block-start: 0.5rem; border: 0; border-radius: 1rem; background: var(--_rule); overflow: hidden }
progress::-webkit-progress-bar { background: var(--_rule) }
progress::-webkit-progress-value { background: var(--_accent) }
progress::-moz-progress-bar { background: var(--_accent) }

.list { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; scroll-padding-block: 0.5rem; outline-offset: -2px }
.panel:not([popover]) .list { overflow: visible }
.list[aria-busy="true"] { opacity: 0.7; transition: opacity 0.2s 0.15s }

.hit { padding: 0.375rem 0.5rem; border-block-start: 1px solid var(--_rule) }
.hit:first-child { border-block-start: 0 }
.panel:not([popover]) .hit { padding-inline: 0; padding-block: 0.75rem }
.head, .under { display: flex; align-items: flex-start; gap: 0.125rem }
.head > :first-child, .under > :first-child { flex: 1; min-width: 0 }
.title, .section { display: block; padding: 0.375rem 0.5rem; border-radius: calc(var(--_radius) - 0.125rem); color: inherit; text-decoration: none }
.panel:not([popover]) :is(.title, .section) { padding-inline: 0 }
.name { font-weight: 600; line-height: 1.375 }
.panel:not([popover]) .name { font-size: 1.125rem }
a:hover :is(.name, .heading) { text-decoration: underline; text-underline-offset: 0.2em; text-decoration-thickness: from-font }
.section { margin-inline-start: 0.5rem; padding-inline-start: 0.75rem; border-inline-start: 2px solid var(--_rule); border-start-start-radius: 0; border-end-start-radius: 0 }
.panel:not([popover]) .section { margin-inline-start: 0; padding-inline-start: 0.75rem }
.also { display: flex; flex-wrap: wrap; margin-inline-start: 0.5rem; padding-inline-start: 0.375rem; border-inline-start: 2px solid var(--_rule) }
.also > * { max-width: 100% }
[part="also"] { display: block; padding: 0.1875rem 0.375rem; border-radius: calc(var(--_radius) - 0.125rem); color: var(--_muted); text-decoration: none }
.also .heading { font-weight: 400; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.panel:not([popover]) .also { margin-inline-start: 0 }
/* Of another direction than the page, they still stand in line with it. */
.heading, .excerpt, .line button, .note p { text-align: -webkit-match-parent; text-align: match-parent }
.heading { display: block; font-size: 0.875rem; font-weight: 500 }
.excerpt { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; overflow: hidden; font-size: 0.875rem; color: var(--_muted) }
.panel:not([popover]) .excerpt { -webkit-line-clamp: 3; line-clamp: 3 }
mark { background: var(--_mark); color: var(--_ink); border-radius: 0.125rem; padding-inline: 0.0625rem; margin-inline: -0.0625rem }
.labels { display: inline-flex; flex-wrap: wrap; gap: 0.25rem 0.5rem; font-size: 0.75rem; color: var(--_muted) }
.tag { padding-inline: 0.375rem; border: 1px solid var(--_rule); border-radius: 1rem }
.feedback { display: grid; place-items: center; width: 2rem; height: 2rem; margin-block-start: 0.125rem; padding: 0; border: 0; border-radius: 50%; background: none; color: var(--_muted); font-size: 0.8125rem }
.feedback:hover { background: var(--_rule); color: var(--_ink) }
@media (hover: hover) {
  .popped .feedback { opacity: 0 }
  .popped .hit:is(:hover, :has([aria-selected])) .feedback { opacity: 1 }
}
.popped .hit :is(.title, .section, [part="also"]):hover { background: color-mix(in oklab, var(--_accent) 7%, transparent) }
[aria-selected="true"] > * { background: color-mix(in oklab, var(--_accent) 14%, transparent) !important; outline: 2px solid var(--_accent); outline-offset: -2px }

.choices { display: flex; flex-wrap: wrap; align-items: center; gap: 0.375rem; padding: 0.5rem 1rem; font-size: 0.875rem }
.panel:not([popover]) .choices { padding-inline: 0 }
.choices .caption { color: var(--_muted); font-size: 0.8125rem }
.chip { padding: 0.1875rem 0.625rem; min-height: 1.75rem; border: 1px solid var(--_rule); border-radius: 1rem; background: none; text-align: start }
.chip:hover { border-color: var(--_field) }
.chip[aria-pressed="true"] { border-color: var(--_accent); background: color-mix(in oklab, var(--_accent) 14%, transparent) }
.chip .count { color: var(--_muted) }
.line { padding: 0 0.5rem }
.line button { display: block; width: 100%; padding: 0.5rem; border: 0; border-radius: calc(var(--_radius) - 0.125rem); background: none; text-align: start }
[part="retry"] { color: var(--_accent); font-weight: 600 }
.line button:hover { background: color-mix(in oklab, var(--_accent) 7%, transparent) }
.caption-line { padding: 0.5rem 1rem 0.125rem; font-size: 0.8125rem; color: var(--_muted) }
.panel:not([popover]) :is(.caption-line, .line) { padding-inline: 0 }

.keys { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; padding: 0.375rem 1rem; border-block-start: 1px solid var(--_rule); font-size: 0.75rem; color: var(--_muted) }
@media (hover: none), (max-width: 30rem) { .keys, .shortcut { display: none } }
@media (hover: none) { .feedback { width: 2.25rem; height: 2.25rem; margin-block-start: 0 } .chip { min-height: 2.5rem } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important } }
@media (forced-colors: active) {
  .field:has(input:focus), [aria-selected="true"] > * { outline-color: Highlight }
  .chip[aria-pressed="true"] { border-color: Highlight }
  mark { background: Mark; color: MarkText }
  progress::-webkit-progress-value { background: CanvasText; forced-color-adjust: none }
}
`);
