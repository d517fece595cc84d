import { admin } from '@imperal/contract'
import { Button } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { api } from '../data/api.ts'
import { t } from '../i18n/index.ts'
import { CheckList } from './admin/check-list.tsx'
import { Loaded } from './parts/loaded.tsx'
import { Moment } from './parts/moment.tsx'
import { Section } from './parts/section.tsx'

const SUMMARY = {
  ok: t('Everything is in order'),
  warn: t('It works; some things deserve a look'),
  fail: t('Something needs repair'),
} as const

const useReport = () =>
  useQuery({ queryKey: ['admin', 'doctor'], queryFn: () => api.send(admin.doctor), staleTime: 30_000 })

/** Has the installation examined once more. */
export function HealthButton() {
  const report = useReport()
  return (
    <Button
      icon="RefreshCw"
      pending={report.isFetching}
      pendingLabel={t('Examining')}
      onClick={() => void report.refetch()}
    >
      {t('Examine again')}
    </Button>
  )
}

/** The checks of the installation, and what each of them found. */
export function HealthChecks() {
  const report = useReport()
  return (
    <Loaded query={report} rows={8}>
      {({ status, generated_at, checks }) => (
        <Section
          title={SUMMARY[status]}
          note={
            <>
              {t('examined')} <Moment value={generated_at} />
            </>
          }
        >
          <CheckList checks={checks} />
        </Section>
      )}
    </Loaded>
  )
}
