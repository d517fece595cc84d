import { t } from '../i18n/index.ts'
import { AuthFrame } from './auth-frame.tsx'

/** Shown for an address that leads nowhere. */
export function NotFound() {
  return (
    <AuthFrame
      title={t('There is nothing at this address')}
      lead={t('It may have been moved or misspelt.')}
      footer={
        <a className="im-link" href="/">
          {t('Go to the assistant')}
        </a>
      }
    />
  )
}
