import type { ReactNode } from 'react'
import { AuthFrame } from '../../components/auth-frame.tsx'
import { t } from '../../i18n/index.ts'
import { PageLink } from '../parts/page-link.tsx'
import { ResendButton } from './resend-mail.tsx'
import { useHeadingFocus } from './use-heading-focus.ts'

/** Shown once a verification mail is on its way. */
export function CheckMail({ email, onOther }: { readonly email: string; readonly onOther: () => void }) {
  useHeadingFocus()
  return (
    <AuthFrame
      title={t('Check your mail')}
      lead={
        <>
          {t('A link is on its way to')} <strong>{email}</strong>. {t('It works for 24 hours and signs you in.')}
        </>
      }
      footer={<SignInLink>{t('Back to sign-in')}</SignInLink>}
    >
      <div className="pg-form">
        <p className="pg-help">
          {t(
            'No mail after a minute? Look in the spam folder. On a new installation without a mail server the operator finds it as a file in the data folder.',
          )}
        </p>
        <div className="pg-actions">
          <ResendButton email={email} />
          <button type="button" className="pg-text-button" onClick={onOther}>
            {t('Use another address')}
          </button>
        </div>
      </div>
    </AuthFrame>
  )
}

/** The way back to sign-in. */
export function SignInLink({ children }: { readonly children: ReactNode }) {
  return <PageLink href="/sign-in">{children}</PageLink>
}
