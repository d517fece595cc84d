import { SelectField } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { t } from '../../i18n/index.ts'
import { settingsQuery, useChangeSettings } from './use-settings.ts'

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone
const ZONES = Intl.supportedValuesOf('timeZone')

/** The zone in which reminders and schedules of apps think of "nine o'clock". */
export function TimezoneField() {
  const zone = useQuery(settingsQuery).data?.timezone ?? ''
  const change = useChangeSettings(t('Time zone saved'))
  return (
    <SelectField
      label={t('Time zone')}
      description={t('For reminders and schedules of your apps.')}
      disabled={change.isPending}
      options={[
        { value: '', label: t('Not set (UTC)') },
        { value: HERE, label: t('{zone} (this browser)', { zone: HERE }) },
        ...ZONES.filter((name) => name !== HERE).map((name) => ({ value: name, label: name.replaceAll('_', ' ') })),
      ]}
      value={change.isPending ? (change.variables.timezone ?? '') : zone}
      onValue={(next) => change.mutate({ timezone: next === '' ? null : next })}
    />
  )
}
