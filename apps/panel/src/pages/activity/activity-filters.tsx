import { SelectField } from '@imperal/ui-kit'
import { useApps } from '../../data/apps.ts'
import { t } from '../../i18n/index.ts'
import { kindWord } from '../../i18n/words.ts'
import type { QueryChanges } from '../parts/address.ts'
import { SearchField } from '../parts/search-field.tsx'
import { type ActivityFilter, KINDS, ORIGINS, STATES } from './queries.ts'

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const STATUS_OPTIONS = [
  { value: '', label: t('Any result') },
  ...Object.entries(STATES).map(([value, { words }]) => ({ value, label: capital(words) })),
]
const KIND_OPTIONS = [
  { value: '', label: t('Any kind') },
  ...KINDS.map((kind) => ({ value: kind, label: capital(kindWord(kind)) })),
]

const ORIGIN_OPTIONS = Object.entries(ORIGINS).map(([value, { words }]) => ({ value, label: words }))

/** Narrows the ledger; every change begins at its first page. */
export function ActivityFilters({
  filter,
  onChange,
  onSearch,
}: {
  readonly filter: ActivityFilter
  readonly onChange: (changes: QueryChanges) => void
  readonly onSearch: (text: string) => void
}) {
  const apps = useApps().map((app) => ({ value: app.appId, label: app.name }))
  const gone = filter.app !== '' && !apps.some((app) => app.value === filter.app)
  return (
    <div className="pg-filters">
      <SearchField label={t('Search functions and results')} value={filter.search} onSearch={onSearch} />
      <SelectField
        fallbackName={t('App')}
        options={[
          { value: '', label: t('Any app') },
          ...apps,
          ...(gone ? [{ value: filter.app, label: filter.app }] : []),
        ]}
        value={filter.app}
        onValue={(app) => onChange({ app, page: null })}
      />
      <SelectField
        fallbackName={t('Kind')}
        options={KIND_OPTIONS}
        value={filter.kind}
        onValue={(kind) => onChange({ kind, page: null })}
      />
      <SelectField
        fallbackName={t('Result')}
        options={STATUS_OPTIONS}
        value={filter.status}
        onValue={(status) => onChange({ status, page: null })}
      />
      <SelectField
        fallbackName={t('Origin')}
        options={ORIGIN_OPTIONS}
        value={filter.origin in ORIGINS ? filter.origin : ''}
        onValue={(origin) => onChange({ origin, page: null })}
      />
    </div>
  )
}
