// A results page has its query in its address, so that it can be linked to and gone back to.

/**
 * @param {string} param what the query is called there
 * @returns {string}
 */
export function queryInAddress(param) {
  return new URLSearchParams(location.search).get(param) ?? '';
}

/**
 * @param {string} param
 * @param {string} query
 */
export function putQueryInAddress(param, query) {
  const address = new URL(location.href);
  if (query) address.searchParams.set(param, query);
  else address.searchParams.delete(param);
  if (address.href !== location.href) history.replaceState(history.state, '', address);
}
