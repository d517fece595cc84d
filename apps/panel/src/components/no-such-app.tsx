import { EmptyState } from '@imperal/ui-kit'
import type { App } from '../data/apps.ts'
import { NavLink } from './nav-link.tsx'

/** Why an app cannot be shown, and the way to change that. */
export function NoSuchApp({ appId, app }: { readonly appId: string; readonly app: App | undefined }) {
  const name = app?.name ?? appId
  const why = !app
    ? `${name} is not installed`
    : app.isDisabled
      ? `${name} is switched off`
      : `You do not have access to ${name}`
  return (
    <main className="page-area">
      <div className="page-body">
        <EmptyState icon="Ban" message={why}>
          <NavLink className="im-link" href={`/marketplace/${encodeURIComponent(appId)}`}>
            {name} in the marketplace
          </NavLink>
        </EmptyState>
      </div>
    </main>
  )
}
