import { SelectField, SwitchField } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { useApps } from '../../data/apps.ts'
import { t } from '../../i18n/index.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Row, Section } from '../parts/section.tsx'
import { type Settings, settingsQuery, useChangeSettings } from './use-settings.ts'

const LIFETIMES = [
  { value: '', label: t('As the installation says') },
  { value: '60', label: t('1 minute') },
  { value: '900', label: t('15 minutes') },
  { value: '3600', label: t('1 hour') },
]
const RULES = [
  { value: '', label: t('As above') },
  { value: 'ask', label: t('Ask') },
  { value: 'run', label: t('Run without asking') },
]

/** Which calls wait for the person's word. */
export function ConfirmationsSection() {
  const settings = useQuery(settingsQuery)
  return <Loaded query={settings}>{(current) => <Rules current={current} />}</Loaded>
}

function Rules({ current }: { readonly current: Settings }) {
  const change = useChangeSettings()
  const shown = { ...current, ...(change.isPending ? (change.variables as Partial<Settings>) : {}) }
  const policy = current.role_confirmation_policy
  const fixed = policy === 'enforced' || policy === 'disabled'
  const asks = shown.confirmation_enabled && (shown.confirmation_actions.write || shown.confirmation_actions.all)
  return (
    <div className="pg-stack pg-narrow">
      <ul className="pg-rows">
        <Row title={t('Functions that read')} detail={t('Run at once.')} />
        <li className="pg-switch-row">
          <SwitchField
            label={t('Ask before functions that write')}
            description={
              fixed
                ? t('Your role decides this: it is always {value}.', { value: asks ? t('on') : t('off') })
                : t('The call waits with everything it would do, and runs exactly that.')
            }
            checked={asks === true}
            disabled={fixed || change.isPending}
            onChecked={(on) =>
              change.mutate({ confirmation_enabled: on, ...(on ? { confirmation_actions: { write: true } } : {}) })
            }
          />
        </li>
        <Row title={t('Functions that destroy')} detail={t('Always ask. Nobody can switch that off.')} />
      </ul>
      <SelectField
        label={t('A question waits for')}
        description={t('Afterwards nothing runs and the call has to be made again.')}
        options={LIFETIMES}
        value={shown.confirmation_ttl === null ? '' : String(shown.confirmation_ttl)}
        disabled={change.isPending}
        onValue={(seconds) => change.mutate({ confirmation_ttl: seconds === '' ? null : Number(seconds) })}
      />
      {fixed ? null : (
        <ByApp overrides={shown.confirmation_overrides} pending={change.isPending} onChange={change.mutate} />
      )}
    </div>
  )
}

function ByApp({
  overrides,
  pending,
  onChange,
}: {
  readonly overrides: Settings['confirmation_overrides']
  readonly pending: boolean
  readonly onChange: (change: { confirmation_overrides: Record<string, boolean | null> }) => void
}) {
  const apps = useApps()
  if (apps.length === 0) return null
  return (
    <Section title={t('By app')} lead={t('For functions that write.')}>
      <ul className="pg-rows">
        {apps.map((app) => {
          const rule = overrides[app.appId]
          return (
            <li key={app.appId} className="pg-choice-row">
              <span>{app.name}</span>
              <SelectField
                fallbackName={t('Confirmations of {name}', { name: app.name })}
                options={RULES}
                disabled={pending}
                value={rule === undefined ? '' : rule ? 'ask' : 'run'}
                onValue={(next) =>
                  onChange({ confirmation_overrides: { [app.appId]: next === '' ? null : next === 'ask' } })
                }
              />
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
