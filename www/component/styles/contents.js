// What the panel has in it: messages, filters, hits.

import { newStyleSheet } from '../without-dom.js';

export const contents = newStyleSheet();

contents.replaceSync(`
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
.pictured { --_picture: min(5em, 16vw); position: relative; min-height: 3.25em }
.pictured > * { margin-inline-end: calc(var(--_picture) + 0.75em) }
.thumbnail { position: absolute; inset-block-start: 0.75em; inset-inline-end: 0.75em; width: var(--_picture); aspect-ratio: 16 / 9; border-radius: calc(var(--_radius) - 2px); background: var(--_rule); object-fit: cover }
.missing { visibility: hidden }
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
/* Of another direction than the page, it ends where it is aligned to, and there needs room for the sign that it was cut. */
.box:dir(rtl) .excerpt:dir(ltr), .box:dir(ltr) .excerpt:dir(rtl) { padding-inline-end: 1em }
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
.caption-line:last-child { padding-block-end: 0.615em }
.panel:not(.popped) :is(.caption-line, .line) { padding-inline: 0 }

.keys { display: flex; flex-wrap: wrap; gap: 0.333em 1.333em; padding: 0.5em 1.333em; border-block-start: 1px solid var(--_rule); font-size: 0.75em; color: var(--_muted) }
.keys kbd { font-size: 1em }
@media (hover: none), (max-width: 30em) { .keys { display: none } }
@media (hover: none) { .feedback { width: 2.25em; height: 2.25em; margin-block-start: 0 } .chip { min-height: 2.857em } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important } }
@media (forced-colors: active) {
  [aria-selected="true"] > * { outline-color: Highlight }
  .chip[aria-pressed="true"] { border-color: Highlight }
  mark { background: Mark; color: MarkText }
  progress::-webkit-progress-value { background: CanvasText; forced-color-adjust: none }
}
`);
