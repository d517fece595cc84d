;(() => {
  try {
    const theme = localStorage.getItem('imperal.theme')
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
    const language = localStorage.getItem('imperal.language') ?? navigator.language
    if (language.startsWith('ar')) document.documentElement.dir = 'rtl'
  } catch {
    // Storage may be closed to this page; the system's theme is used.
  }
})()
