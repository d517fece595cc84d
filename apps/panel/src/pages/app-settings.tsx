import './pages.css'
import { type AppSettings, type JsonObject, meExtensions } from '@imperal/contract'
import { EmptyState } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { SchemaForm } from '../components/lazy-parts.tsx'
import { api } from '../data/api.ts'
import { useApps } from '../data/apps.ts'
import { failureOf } from '../data/failures.ts'
import { queryClient } from '../data/query-client.ts'
import { toasts } from '../data/toasts.ts'
import { t } from '../i18n/index.ts'
import { changesOf, formValues, settingsSchema } from './app-settings/settings-form.ts'
import { usePathPart } from './parts/address.ts'
import { OfApp } from './parts/of-app.tsx'
import { PageLink } from './parts/page-link.tsx'

const settingsQuery = (appId: string) => ({
  queryKey: ['app-settings', appId],
  queryFn: () => api.send(meExtensions.settings, { params: { app_id: appId } }),
})

/** Settings that an app declares, as a form that the host draws (ui 5.11). */
export function AppSettingsPage() {
  const appId = usePathPart('appId')
  const name = useApps().find((app) => app.appId === appId)?.name ?? appId
  const query = useQuery(settingsQuery(appId))
  return (
    <OfApp
      appId={appId}
      name={name}
      title={t('Settings of {name}', { name })}
      lead={t('Kept for you. The app reads them the next time it does something.')}
      query={query}
    >
      {(settings) =>
        settings.settings.length === 0 ? (
          <EmptyState icon="Settings" message={t('{name} has no settings', { name })} />
        ) : (
          <SettingsForm key={appId} settings={settings} />
        )
      }
    </OfApp>
  )
}

function SettingsForm({ settings }: { readonly settings: AppSettings }) {
  const elsewhere = settings.settings.filter((one) => one.type === 'secret' || settings.fixed.includes(one.id))
  const own = settings.settings.length > elsewhere.length
  const save = async (entered: JsonObject) => {
    const values = changesOf(settings, entered)
    try {
      const after = await api.send(meExtensions.changeSettings, {
        params: { app_id: settings.app_id },
        body: { values },
      })
      queryClient.setQueryData(settingsQuery(settings.app_id).queryKey, after)
      toasts.show({ message: t('Settings saved'), variant: 'success' })
      return undefined
    } catch (error) {
      return failureOf(error)
    }
  }
  return (
    <>
      {own ? (
        <SchemaForm
          schema={settingsSchema(settings, { everybody: t('For everybody of your organisation.') })}
          initial={formValues(settings)}
          submitLabel={t('Save settings')}
          pendingLabel={t('Saving')}
          unfolded
          onSubmit={save}
        />
      ) : null}
      {elsewhere.length > 0 ? (
        <dl className="pg-facts pg-settings-elsewhere">
          {elsewhere.map((one) => (
            <div key={one.id}>
              <dt>{one.label}</dt>
              <dd>
                {one.type === 'secret' ? (
                  <PageLink href={`/ext/${settings.app_id}/secrets#${one.id}`}>
                    {t('It is a credential. You set it on the page of secrets.')}
                  </PageLink>
                ) : (
                  `${written(settings.values[one.id])} (${t('fixed by your organisation')})`
                )}
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
    </>
  )
}

const written = (value: AppSettings['values'][string] | undefined): string =>
  typeof value === 'string' ? value : value === undefined ? '–' : JSON.stringify(value)
