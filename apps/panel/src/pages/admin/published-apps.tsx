import { type AdminApp, adminApps } from '@imperal/contract/routes/admin-apps'
import { Badge, Button, ConfirmDialog, Dialog, EmptyState, TextAreaField } from '@imperal/ui-kit'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { stateWord } from '../developer/words.ts'
import { AppIcon } from '../parts/app-icon.tsx'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { failureOf } from '../parts/failure.ts'
import { counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Row, Section } from '../parts/section.tsx'
import { useForm } from '../parts/use-form.ts'

const publishedQuery = {
  queryKey: ['admin', 'apps'],
  queryFn: () => api.send(adminApps.list, { query: { status: 'all' } }),
  staleTime: 0,
}
const isOutside = (app: AdminApp) => !app.system && ['active', 'suspended'].includes(app.status)

function useReread() {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: publishedQuery.queryKey }),
      client.invalidateQueries({ queryKey: ['marketplace'] }),
    ])
}

/** What is in the marketplace, and what was taken out of it. */
export function PublishedApps() {
  const apps = useQuery(publishedQuery)
  return (
    <Section title={t('Published apps')} lead={t('A suspended app leaves the marketplace and runs for nobody.')}>
      <Loaded query={apps} rows={3}>
        {(all) => {
          const shown = all.filter(isOutside)
          return shown.length === 0 ? (
            <EmptyState icon="Store" message={t('No apps are published')} />
          ) : (
            <ul className="pg-rows" aria-label={t('Published apps')}>
              {shown.map((app) => (
                <Published key={app.app_id} app={app} />
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Section>
  )
}

function Published({ app }: { readonly app: AdminApp }) {
  const reread = useReread()
  const [asking, setAsking] = useState<'suspend' | 'publish' | null>(null)
  const name = app.display_name
  const params = { app_id: app.app_id }
  const onError = (error: unknown) => toasts.show({ message: failureOf(error).message, variant: 'error' })
  const feature = useMutation({
    mutationFn: (featured: boolean) => api.send(adminApps.setMetadata, { params, body: { featured } }),
    onSuccess: reread,
    onError,
  })
  const publish = useMutation({
    mutationFn: () => api.send(adminApps.setStatus, { params, body: { status: 'active' } }),
    onSuccess: reread,
    onError,
  })
  const { label, tone } = stateWord(app.status)
  return (
    <Row
      icon={<AppIcon appId={app.app_id} name={name} url={undefined} size={32} />}
      title={name}
      badge={<Badge tone={tone}>{label}</Badge>}
      detail={
        <>
          <code>{app.app_id}</code>
          {app.version === null ? '' : ` ${app.version}`} · {counted(app.install_count, 'install')} · {t('by')}{' '}
          {app.developer_email || app.developer_id}
          {app.reject_reason ? ` · ${app.reject_reason}` : ''}
        </>
      }
      actions={
        app.status === 'active' ? (
          <>
            <Button
              size="sm"
              variant="ghost"
              pending={feature.isPending}
              aria-pressed={app.featured}
              aria-label={t('Recommend {name}', { name })}
              onClick={() => feature.mutate(!app.featured)}
            >
              {app.featured ? t('Recommended') : t('Recommend')}
            </Button>
            <Button size="sm" aria-label={t('Suspend {name}', { name })} onClick={() => setAsking('suspend')}>
              {t('Suspend…')}
            </Button>
          </>
        ) : (
          <Button
            size="sm"
            pending={publish.isPending}
            pendingLabel={t('Publishing')}
            aria-label={t('Publish {name}', { name })}
            onClick={() => setAsking('publish')}
          >
            {t('Publish again…')}
          </Button>
        )
      }
    >
      {asking === 'suspend' ? <SuspendDialog app={app} onClose={() => setAsking(null)} /> : null}
      <ConfirmDialog
        request={
          asking === 'publish'
            ? {
                title: t('Publish {name} again?', { name }),
                message: t('It appears in the marketplace, and whoever has it can run it at once.'),
                confirmLabel: t('Publish'),
                destructive: false,
              }
            : null
        }
        onAnswer={(accepted) => {
          if (accepted) publish.mutate()
          setAsking(null)
        }}
      />
    </Row>
  )
}

function SuspendDialog({ app, onClose }: { readonly app: AdminApp; readonly onClose: () => void }) {
  const id = useId()
  const reread = useReread()
  const name = app.display_name
  const form = useForm({
    initial: { reason: '' },
    check: ({ reason }) => ({ reason: reason.trim() === '' ? t('Say what has to change.') : undefined }),
    send: async ({ reason }) => {
      const body = { status: 'suspended', reason: reason.trim() } as const
      await api.send(adminApps.setStatus, { params: { app_id: app.app_id }, body })
      await reread()
      toasts.show({ message: t('{name} is suspended', { name }), variant: 'success' })
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('Suspend {name}?', { name })}
      subtitle={t('Nobody can run it until it is published again. What people keep in it stays.')}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" form={id} variant="danger" pending={form.pending} pendingLabel={t('Suspending')}>
            {t('Suspend {name}', { name })}
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
