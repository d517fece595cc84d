import { EmptyState } from '@imperal/ui-kit'
import type { App } from '../data/apps.ts'
import { t } from '../i18n/index.ts'
import { NavLink } from './nav-link.tsx'

/** Why an app cannot be shown, and the way to change that. */
export function NoSuchApp({ appId, app }: { readonly appId: string; readonly app: App | undefined }) {
  const name = app?.name ?? appId
  const why = !app
    ? t('{name} is not installed', { name })
    : app.isDisabled
      ? t('{name} is switched off', { name })
      : t('You do not have access to {name}', { name })
  return (
    <main className="page-area">
      <div className="page-body">
        <EmptyState icon="Ban" message={why}>
          <NavLink className="im-link" href={`/marketplace/${encodeURIComponent(appId)}`}>
            {t('{name} in the marketplace', { name })}
          </NavLink>
        </EmptyState>
      </div>
    </main>
  )
}
