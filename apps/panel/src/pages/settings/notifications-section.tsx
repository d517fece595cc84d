import { CheckboxField, SelectField, SwitchField } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { type App, useApps } from '../../data/apps.ts'
import { t } from '../../i18n/index.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Section } from '../parts/section.tsx'
import { type Channel, type Settings, settingsQuery, useChangeSettings } from './use-settings.ts'

type Preferences = Settings['notifications']
type Chosen = Preferences['apps'][string]

const CHOICES = [
  { value: '', label: t('As above') },
  { value: 'bell', label: t('Bell') },
  { value: 'email', label: t('E-mail') },
  { value: 'bell,email', label: t('Bell and e-mail') },
  { value: 'off', label: t('Off') },
]
const ORDER: readonly Channel[] = ['bell', 'email']

const inOrder = (channels: readonly Channel[]) => ORDER.filter((channel) => channels.includes(channel))
const keyOf = (chosen: Chosen | undefined) =>
  chosen === undefined ? '' : chosen === 'off' ? 'off' : inOrder(chosen).join(',') || 'off'

/** Where messages of apps go. */
export function NotificationsSection() {
  const settings = useQuery(settingsQuery)
  return <Loaded query={settings}>{(current) => <Preferences saved={current.notifications} />}</Loaded>
}

function Preferences({ saved }: { readonly saved: Preferences }) {
  const change = useChangeSettings()
  const apps = useApps()
  const shown = (change.isPending ? change.variables.notifications : null) ?? saved
  // The whole subtree is replaced by what is sent.
  const set = (part: Partial<Preferences>) => {
    const next = { ...saved, ...part }
    change.mutate({
      notifications: { enabled: next.enabled, default: [...next.default], apps: copyOf(next.apps) },
    })
  }
  const usual = (channel: Channel, on: boolean) =>
    set({ default: on ? inOrder([...saved.default, channel]) : saved.default.filter((one) => one !== channel) })
  const off = shown.enabled === false
  const usualNow = shown.default ?? []
  return (
    <div className="pg-stack pg-narrow">
      <SwitchField
        label={t('Notifications')}
        description={t('Off: nothing is shown and nothing is mailed.')}
        checked={!off}
        disabled={change.isPending}
        onChecked={(enabled) => set({ enabled })}
      />
      <Section title={t('Usually')}>
        <div className="pg-checks">
          <CheckboxField
            label={t('In the bell')}
            checked={usualNow.includes('bell')}
            disabled={off || change.isPending}
            onChecked={(on) => usual('bell', on)}
          />
          <CheckboxField
            label={t('By e-mail')}
            checked={usualNow.includes('email')}
            disabled={off || change.isPending}
            onChecked={(on) => usual('email', on)}
          />
        </div>
      </Section>
      {apps.length === 0 ? null : (
        <Section title={t('By app')}>
          <ul className="pg-rows">
            {apps.map((app) => (
              <ByApp
                key={app.appId}
                app={app}
                chosen={shown.apps?.[app.appId]}
                disabled={off || change.isPending}
                onChoose={(chosen) => set({ apps: withChoice(saved.apps, app.appId, chosen) })}
              />
            ))}
          </ul>
        </Section>
      )}
    </div>
  )
}

function ByApp({
  app,
  chosen,
  disabled,
  onChoose,
}: {
  readonly app: App
  readonly chosen: Chosen | undefined
  readonly disabled: boolean
  readonly onChoose: (chosen: Chosen | undefined) => void
}) {
  return (
    <li className="pg-choice-row">
      <span>{app.name}</span>
      <SelectField
        fallbackName={t('Notifications of {name}', { name: app.name })}
        options={CHOICES}
        disabled={disabled}
        value={keyOf(chosen)}
        onValue={(key) => onChoose(key === '' ? undefined : key === 'off' ? 'off' : (key.split(',') as Channel[]))}
      />
    </li>
  )
}

function withChoice(apps: Preferences['apps'], appId: string, chosen: Chosen | undefined): Preferences['apps'] {
  const { [appId]: _before, ...others } = apps
  return chosen === undefined ? others : { ...others, [appId]: chosen }
}

const copyOf = (apps: Preferences['apps']): Record<string, Channel[] | 'off'> =>
  Object.fromEntries(Object.entries(apps).map(([id, chosen]) => [id, chosen === 'off' ? 'off' : [...chosen]]))
