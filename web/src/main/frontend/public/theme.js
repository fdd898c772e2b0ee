// Runs before the first paint, so that the page never flashes in the wrong theme. A file of its own because the
// Content-Security-Policy allows no inline script.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('wolverine.theme');
  } catch {
    // Storage is switched off: the system's theme applies.
  }
  var dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
