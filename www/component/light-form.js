/**
 * What the form says that a site wrote inside the element, which works before and without JavaScript.
 *
 * @typedef {object} LightForm
 * @property {string} [action] the results page
 * @property {string} [name] of the query's field
 * @property {string} value what the reader typed before the upgrade
 * @property {string} [placeholder]
 * @property {string} [label]
 * @property {HTMLInputElement[]} hidden fields that go along
 * @property {boolean} typing whether the reader was in the middle of it
 */

/**
 * What was being typed when the module arrived is to go on in the box's own field.
 * @param {HTMLElement} host
 * @returns {LightForm}
 */
export function takeLightForm(host) {
  const form = host.querySelector('form');
  const input = form?.querySelector('input:is([type="search"], [type="text"], :not([type]))');
  if (!form || !(input instanceof HTMLInputElement)) return { value: '', hidden: [], typing: false };
  const typing = input.matches(':focus');
  // Ends a composition, whose text then counts.
  input.blur();
  return {
    // Not form.action, which a field of that name would hide.
    action: form.getAttribute('action') ?? undefined,
    name: input.name || undefined,
    value: input.value,
    placeholder: input.placeholder || undefined,
    label: (input.labels?.[0]?.textContent ?? input.getAttribute('aria-label') ?? '').trim() || undefined,
    hidden: [...form.querySelectorAll('input')].filter(({ type }) => type === 'hidden'),
    typing,
  };
}
