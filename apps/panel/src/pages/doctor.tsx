import './pages.css'
import { admin } from '@imperal/contract'
import { Button, EmptyState } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { PageFrame } from '../components/page-frame.tsx'
import { api } from '../data/api.ts'
import { isAdmin, meQuery } from '../data/me.ts'
import { CheckList } from './admin/check-list.tsx'
import { Reviews } from './admin/reviews.tsx'
import { Loaded } from './parts/loaded.tsx'
import { Moment } from './parts/moment.tsx'
import { Section } from './parts/section.tsx'

/** The state of the installation and the apps that wait for a word, for administrators. */
export function DoctorPage() {
  const me = useQuery(meQuery)
  if (me.data && isAdmin(me.data)) return <Installation />
  return (
    <PageFrame title="Admin">
      <Loaded query={me}>
        {() => (
          <EmptyState icon="Shield" message="For administrators">
            This page shows the state of the installation. Whoever set it up can give you the role.
          </EmptyState>
        )}
      </Loaded>
    </PageFrame>
  )
}

const SUMMARY = {
  ok: 'Everything is in order.',
  warn: 'It works; some things deserve a look.',
  fail: 'Something needs repair.',
} as const

function Installation() {
  const report = useQuery({ queryKey: ['admin', 'doctor'], queryFn: () => api.send(admin.doctor), staleTime: 0 })
  return (
    <PageFrame
      title="Admin"
      lead={report.data ? SUMMARY[report.data.status] : undefined}
      actions={
        <Button
          icon="RefreshCw"
          pending={report.isFetching}
          pendingLabel="Examining"
          onClick={() => void report.refetch()}
        >
          Examine again
        </Button>
      }
    >
      <div className="pg-stack">
        <Reviews />
        <Section
          title="Installation"
          note={
            report.data ? (
              <>
                examined <Moment value={report.data.generated_at} />
              </>
            ) : undefined
          }
        >
          <Loaded query={report} rows={8}>
            {({ checks }) => <CheckList checks={checks} />}
          </Loaded>
        </Section>
      </div>
    </PageFrame>
  )
}
