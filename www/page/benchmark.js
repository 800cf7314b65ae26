export default class Nothing { show() {} }
