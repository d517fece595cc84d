import { developer, type RouteResponse } from '@imperal/contract'
import { Badge, Button, Dialog, IconGlyph, TextAreaField } from '@imperal/ui-kit'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { AppIcon } from '../parts/app-icon.tsx'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { failureOf } from '../parts/failure.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Row, Section } from '../parts/section.tsx'
import { categoryWord } from '../parts/server-words.ts'
import { useForm } from '../parts/use-form.ts'
import { PublishedApps } from './published-apps.tsx'

type Pending = RouteResponse<typeof developer.pending>[number]
const pendingQuery = { queryKey: ['admin', 'pending-apps'], queryFn: () => api.send(developer.pending) }

/** Apps that wait to be published, and those that are. */
export function Reviews() {
  return (
    <div className="pg-stack">
      <Waiting />
      <PublishedApps />
    </div>
  )
}

/** Oldest first. */
function Waiting() {
  const waiting = useQuery(pendingQuery)
  return (
    <Section
      title={t('Apps waiting for review')}
      note={waiting.data && waiting.data.length > 0 ? waiting.data.length : undefined}
    >
      <Loaded query={waiting} rows={2}>
        {(apps) =>
          apps.length === 0 ? (
            <p className="pg-help">{t('None. Developers submit an app when it is to appear in the marketplace.')}</p>
          ) : (
            <ul className="pg-rows" aria-label={t('Apps waiting for review')}>
              {apps.map((app) => (
                <Review key={app.app_id} app={app} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  )
}

function useDecided() {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: pendingQuery.queryKey }),
      client.invalidateQueries({ queryKey: ['admin', 'apps'] }),
      client.invalidateQueries({ queryKey: ['marketplace'] }),
    ])
}

function Review({ app }: { readonly app: Pending }) {
  const [rejecting, setRejecting] = useState(false)
  const decided = useDecided()
  const approve = useMutation({
    mutationFn: () => api.send(developer.approve, { params: { app_id: app.app_id }, body: { version: app.version } }),
    onSuccess: async () => {
      await decided()
      toasts.show({ message: t('{name} is published', { name: app.display_name }), variant: 'success' })
    },
    onError: (error) => {
      // It may have been deployed anew since it was looked at.
      void decided()
      toasts.show({
        title: t('{name} was not published', { name: app.display_name }),
        message: failureOf(error).message,
        variant: 'error',
      })
    },
  })
  const failed = app.checks.filter((check) => !check.ok)
  return (
    <Row
      icon={<AppIcon appId={app.app_id} name={app.display_name} size={32} />}
      title={app.display_name}
      badge={
        failed.length === 0 ? (
          <Badge tone="success">{t('checks passed')}</Badge>
        ) : (
          <Badge tone="warning">{t('{n} checks failed', { n: failed.length })}</Badge>
        )
      }
      detail={
        <>
          <code>{app.app_id}</code>
          {app.version ? ` ${app.version}` : ''} · {categoryWord(app.category)} · {t('by')} {app.developer_id} ·{' '}
          {t('submitted')} <Moment value={app.submitted_at} />
        </>
      }
      actions={
        <>
          <Button
            size="sm"
            aria-label={t('Reject {name}', { name: app.display_name })}
            onClick={() => setRejecting(true)}
          >
            {t('Reject…')}
          </Button>
          <Button
            size="sm"
            pending={approve.isPending}
            pendingLabel={t('Publishing')}
            aria-label={t('Publish {name}', { name: app.display_name })}
            onClick={() => approve.mutate()}
          >
            {t('Publish')}
          </Button>
        </>
      }
    >
      <Checks checks={app.checks} report={app.last_deploy?.report ?? null} />
      <RejectDialog app={app} open={rejecting} onOpenChange={setRejecting} onRejected={decided} />
    </Row>
  )
}

function Checks({
  checks,
  report,
}: {
  readonly checks: Pending['checks']
  readonly report: NonNullable<Pending['last_deploy']>['report'] | null
}) {
  if (checks.length === 0 && !report) return null
  return (
    <details className="pg-checks-more">
      <summary>
        {t('{n} checks', { n: checks.length })}
        {report ? `, ${t('{n} warnings of the last deploy', { n: report.warnings })}` : ''}
      </summary>
      <ul>
        {checks.map((check) => (
          <li key={check.check}>
            <span className="pg-state" data-tone={check.ok ? 'success' : 'danger'}>
              <IconGlyph name={check.ok ? 'Check' : 'X'} size={14} />
            </span>
            <span>
              {check.check}
              {check.ok ? '' : `: ${check.message}`}
            </span>
          </li>
        ))}
        {report?.issues.map((issue) => (
          <li key={`${issue.rule} ${issue.file} ${issue.line} ${issue.message}`}>
            <span className="pg-state" data-tone={issue.level === 'ERROR' ? 'danger' : 'warning'}>
              <IconGlyph name="TriangleAlert" size={14} />
            </span>
            <span>
              <code>{issue.rule}</code> {issue.message}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}

function RejectDialog({
  app,
  open,
  onOpenChange,
  onRejected,
}: {
  readonly app: Pending
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly onRejected: () => Promise<unknown>
}) {
  const id = useId()
  const form = useForm({
    initial: { reason: '' },
    check: ({ reason }) => ({ reason: reason.trim() === '' ? t('Say what has to change.') : undefined }),
    send: async ({ reason }) => {
      await api.send(developer.reject, { params: { app_id: app.app_id }, body: { reason: reason.trim() } })
      onOpenChange(false)
      await onRejected()
      toasts.show({ message: t('{name} was sent back', { name: app.display_name }), variant: 'success' })
    },
  })
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('Reject {name}?', { name: app.display_name })}
      subtitle={t('The developer reads the reason and can submit again.')}
      size="sm"
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{t('Cancel')}</Button>
          <Button type="submit" form={id} variant="danger" pending={form.pending} pendingLabel={t('Rejecting')}>
            {t('Reject')} {app.display_name}
          </Button>
        </>
      }
    >
      <form {...form.form} id={id} className="pg-form">
        <TextAreaField {...form.text('reason')} label={t('Reason')} rows={4} maxLength={500} required />
        <FailedAlert failure={form.failure} />
      </form>
    </Dialog>
  )
}
