import { tenants } from '@imperal/contract'
import { CopyButton } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../data/api.ts'
import { useMe } from '../../data/me.ts'
import { t } from '../../i18n/index.ts'
import { PageLink } from '../parts/page-link.tsx'

/** How people get in: by themselves, by an administrator, or by the single sign-on of their organisation. */
export function WaysIn() {
  const me = useMe()
  const all = useQuery({ queryKey: ['admin', 'tenants'], queryFn: () => api.send(tenants.list) })
  const own = all.data?.find((tenant) => tenant.tenant_id === me?.tenant_id)
  if (!own) return null
  const link = `${window.location.origin}/sign-up`
  const bySingleSignOn = own.allowed_auth_methods.split(',').some((method) => method.trim() === 'oidc')
  return (
    <div className="pg-ways">
      {own.features.signup_open === true ? (
        <p className="pg-help">
          {t('Anyone with this link can make an account:')} <code>{link}</code>{' '}
          <CopyButton text={link} label={t('Copy the sign-up link')} />
        </p>
      ) : (
        <p className="pg-help">
          {t('Nobody can sign up by themselves; you add people here.')}{' '}
          <PageLink href="/admin/tenants">{t('Tenants')}</PageLink>
        </p>
      )}
      {bySingleSignOn ? <p className="pg-help">{t('Whoever your single sign-on knows signs in by it.')}</p> : null}
    </div>
  )
}
