// In pages of a preview alone: loads the page anew after a build that is later than the one it was served after.
{
  const served = new URL(document.currentScript.src).searchParams.get('after');
  let builds;
  const listen = () => {
    builds?.close();
    builds = undefined;
    // A page that nobody sees would keep one of the browser's few connections to the server.
    if (document.hidden) return;
    builds = new EventSource('/.exemplar/builds');
    builds.onmessage = ({ data }) => {
      if (data !== served) location.reload();
    };
  };
  document.addEventListener('visibilitychange', listen);
  addEventListener('pagehide', () => builds?.close());
  listen();
}
