import { createStore } from './store.ts'

export type Theme = 'light' | 'dark' | 'system'
const KEY = 'imperal.theme'
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)')

function stored(): Theme {
  const fixed = document.documentElement.dataset.theme
  return fixed === 'light' || fixed === 'dark' ? fixed : 'system'
}

export const theme = createStore<Theme>(stored())

/** Changes the theme at once and for the next visits of this browser. */
export function chooseTheme(next: Theme): void {
  if (next === 'system') {
    delete document.documentElement.dataset.theme
    localStorage.removeItem(KEY)
  } else {
    document.documentElement.dataset.theme = next
    localStorage.setItem(KEY, next)
  }
  theme.set(next)
}

export const isDark = (choice: Theme): boolean => (choice === 'system' ? darkSystem.matches : choice === 'dark')
