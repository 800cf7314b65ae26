// Stands for the search box in a development server until the site has been built once.

const NOTE = 'The search is built with the site. Build the site once, and the last search works here too.';

if (!customElements.get('exemplar-search')) {
  customElements.define('exemplar-search', class extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const field = Object.assign(document.createElement('input'), { type: 'search', placeholder: 'Search', readOnly: true, ariaLabel: 'Search', ariaDescription: NOTE });
      const note = Object.assign(document.createElement('p'), { textContent: NOTE, hidden: true });
      field.style.cssText = 'font: inherit; inline-size: 10em; max-inline-size: 100%; padding: 0.25em 0.5em';
      note.style.cssText = 'position: absolute; z-index: 1000; inset-inline-end: 0; margin: 0.25em 0; padding: 0.75em; inline-size: 16em; white-space: normal;'
        + ' font: 14px/1.4 sans-serif; background: Canvas; color: CanvasText; border: 1px solid; border-radius: 6px';
      field.addEventListener('focus', () => (note.hidden = false));
      field.addEventListener('blur', () => (note.hidden = true));
      this.style.cssText = 'display: inline-block; position: relative';
      this.attachShadow({ mode: 'open' }).append(field, note);
    }
  });
}
