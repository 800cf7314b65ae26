// The search box in the place of the default theme's search.

import { h } from 'vue';
import './VPNavBarSearch.css';

const attributes = __EXEMPLAR_SEARCH__;

export default {
  name: 'VPNavBarSearch',
  render: () => h('div', { class: 'VPNavBarSearch' }, h('exemplar-search', attributes)),
};
