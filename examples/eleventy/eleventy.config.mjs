export default function () {
  return { dir: { input: '.', includes: '_includes', output: '_site' } };
}
