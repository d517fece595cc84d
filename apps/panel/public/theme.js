;(() => {
  try {
    const theme = localStorage.getItem('imperal.theme')
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  } catch {
    // Storage may be closed to this page; the system's theme is used.
  }
})()
