// Before anything is shown: the colours that were chosen on an earlier page.
try {
  const chosen = localStorage.getItem('kt4j-colours');
  if (chosen === 'light' || chosen === 'dark') {
    document.documentElement.dataset.colours = chosen;
  }
} catch {
  // A browser that stores nothing for pages from a disk shows the colours of the system.
}
