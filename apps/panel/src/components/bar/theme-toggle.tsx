import { IconButton } from '@imperal/ui-kit'
import { useStore } from '../../data/store.ts'
import { chooseTheme, isDark, theme } from '../../data/theme.ts'
import { t } from '../../i18n/index.ts'
import { useMedia } from '../use-media.ts'

/** Switches between light and dark. */
export function ThemeToggle() {
  const choice = useStore(theme)
  useMedia('(prefers-color-scheme: dark)')
  const dark = isDark(choice)
  return (
    <IconButton
      className="theme-toggle"
      icon={dark ? 'Sun' : 'Moon'}
      label={dark ? t('Use the light theme') : t('Use the dark theme')}
      onClick={() => chooseTheme(dark ? 'light' : 'dark')}
    />
  )
}
