import { SearchSelectField } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { LOCALE, t } from '../../i18n/index.ts'
import { settingsQuery, useChangeSettings } from './use-settings.ts'

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone
const ZONES = Intl.supportedValuesOf('timeZone')
const OPTIONS = [
  { value: '', label: t('Not chosen') },
  { value: HERE, label: t('{zone} (this browser)', { zone: HERE }) },
  ...ZONES.filter((name) => name !== HERE).map((name) => ({ value: name, label: name.replaceAll('_', ' ') })),
]
const timeIn = (timeZone: string) =>
  new Intl.DateTimeFormat(LOCALE, { timeZone, hour: 'numeric', minute: '2-digit' }).format(new Date())

/** The zone in which reminders and schedules of apps think of "nine o'clock". */
export function TimezoneField() {
  const zone = useQuery(settingsQuery).data?.timezone ?? ''
  const change = useChangeSettings(t('Time zone saved'))
  const shown = change.isPending ? (change.variables.timezone ?? '') : zone
  return (
    <SearchSelectField
      label={t('Time zone')}
      description={
        shown === ''
          ? t('UTC until you write to the assistant; then the zone of that browser is taken.')
          : t('For reminders and schedules of your apps. It is {time} there.', { time: timeIn(shown) })
      }
      disabled={change.isPending}
      options={OPTIONS}
      value={shown}
      onValue={(next) => change.mutate({ timezone: next === '' ? null : next })}
    />
  )
}
