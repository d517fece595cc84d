import { type PanelContext, type Reader, readerOf, type UINode, ui } from '@imperal/sdk'
import { platform } from '@imperal/sdk/platform'
import * as z from 'zod'
import {
  appPath,
  createApp,
  DeveloperApp,
  deleteApp,
  registerDeveloper,
  submitApp,
  suspendApp,
} from './app-functions.ts'
import { irPath, Revision, rollbackIr } from './document-functions.ts'
import { ext } from './extension.ts'

const REFRESH = 'on_event:developer.apps_changed'
const COLORS: Readonly<Record<string, 'green' | 'orange' | 'gray' | 'red'>> = {
  active: 'green',
  pending_review: 'orange',
  rejected: 'red',
  suspended: 'red',
}
const badge = (status: string) => ui.Badge(status.replaceAll('_', ' '), { color: COLORS[status] ?? 'gray' })

const enrol = (): UINode =>
  ui.Stack([
    ui.Text('You are not a developer yet. It takes one click, and a public handle if you like.', {
      variant: 'caption',
    }),
    ui.Form([ui.Input({ label: 'Handle', paramName: 'nickname', placeholder: 'ada-makes' })], {
      action: registerDeveloper.functionName,
      submitLabel: 'Become a developer',
    }),
  ])

ext.panel(
  'apps',
  { slot: 'left', title: 'My apps', icon: 'Code', refresh: REFRESH, defaultWidth: 320 },
  async (ctx) => {
    const answer = await platform(ctx).request<DeveloperApp[]>('GET', '/v1/developer/apps')
    if (answer.status === 403) return enrol()
    if (!answer.ok) return ui.Alert(answer.problem, { type: 'error' })
    const rows = answer.body.map((app) =>
      ui.ListItem(app.app_id, app.name, {
        subtitle: app.version === null ? 'Nothing deployed' : `Version ${app.version}`,
        icon: 'Package',
        badge: badge(app.status),
        onClick: ui.Call('__panel__app', { app_id: app.app_id }),
      }),
    )
    const toolbar = ui.Stack(
      [ui.Button('New app', { icon: 'Plus', size: 'sm', onClick: ui.Call('__panel__new_app', {}) })],
      { direction: 'h', sticky: true },
    )
    const body =
      rows.length === 0
        ? ui.Text('No apps yet. Make one here, or with the command line.', { variant: 'caption' })
        : ui.List(rows, { searchable: rows.length > 8 })
    return ui.Stack([toolbar, body], { gap: 2 })
  },
)

ext.panel('new_app', { slot: 'center', title: 'New app', icon: 'PackagePlus', centerOverlay: true }, async () => {
  const form = ui.Form(
    [
      ui.Input({ label: 'Name', paramName: 'name', placeholder: 'Reading log', required: true }),
      ui.Input({ label: 'Id', paramName: 'app_id', placeholder: 'reading-log', required: true }),
      ui.Input({ label: 'In one sentence', paramName: 'short_description' }),
    ],
    { action: createApp.functionName, submitLabel: 'Create app' },
  )
  return ui.Page([form], {
    title: 'New app',
    subtitle: 'A draft that only you see. Write its document in the developer portal.',
  })
})

const Revisions = z.object({ active_revision: z.number().int().nullable(), revisions: z.array(Revision) })
type Revisions = z.infer<typeof Revisions>

/** Documents that were deployed, newest first; the platform's words when it does not tell. */
async function readRevisions(ctx: PanelContext, appId: string): Promise<Revisions | string> {
  const answer = await platform(ctx).request<Revisions>('GET', irPath(appId), { query: { limit: 20 } })
  return answer.ok ? Revisions.parse(answer.body) : answer.problem
}

function history(appId: string, read: Revisions | string, reader: Reader): UINode[] {
  if (typeof read === 'string') return [ui.Alert(read, { type: 'warning' })]
  const { revisions, active_revision } = read
  // Documents that code took the place of are no way back: rolling back would throw the code out.
  if (revisions.length === 0 || active_revision === null) return []
  const rows = revisions.map((row) =>
    ui.ListItem(String(row.revision), `Revision ${row.revision}`, {
      subtitle:
        row.content_of === null ? `Version ${row.version}` : `Version ${row.version}, as revision ${row.content_of}`,
      meta: reader.moment(row.created_at),
      ...(row.active ? { badge: ui.Badge('live', { color: 'green' }) } : {}),
      actions: row.active
        ? []
        : [
            {
              icon: 'Undo2',
              label: 'Roll back to this',
              onClick: ui.Call(rollbackIr, { app_id: appId, to_revision: row.revision }),
            },
          ],
    }),
  )
  return [ui.Header('Revisions', { level: 2 }), ui.List(rows)]
}

/** Whether what is live was deployed from code: then no document of it could be edited. */
const isFromCode = (app: DeveloperApp, read: Revisions | string): boolean =>
  app.version !== null && typeof read !== 'string' && read.active_revision === null

function actionsOf(app: DeveloperApp, fromCode: boolean): UINode {
  const edit = ui.Button('Edit document', {
    icon: 'FileCode',
    size: 'sm',
    onClick: ui.Navigate(`/developer/apps/${app.app_id}/document`),
  })
  const buttons = fromCode ? [] : [edit]
  if (app.status === 'active')
    buttons.push(
      ui.Button('Pause', {
        icon: 'Pause',
        size: 'sm',
        variant: 'ghost',
        onClick: ui.Call(suspendApp, { app_id: app.app_id }),
      }),
    )
  else {
    buttons.push(
      ui.Button('Submit for review', {
        icon: 'Send',
        size: 'sm',
        variant: 'secondary',
        onClick: ui.Call(submitApp, { app_id: app.app_id }),
      }),
    )
    buttons.push(
      ui.Button('Delete', {
        icon: 'Trash2',
        size: 'sm',
        variant: 'danger',
        onClick: ui.Call(deleteApp, { app_id: app.app_id }),
      }),
    )
  }
  return ui.Stack(buttons, { direction: 'h', wrap: true, sticky: true })
}

ext.panel(
  'app',
  {
    slot: 'center',
    title: 'App',
    icon: 'Package',
    centerOverlay: true,
    listed: false,
    refresh: REFRESH,
    params: z.object({ app_id: z.string().default('') }),
  },
  async (ctx, { app_id }) => {
    const answer = app_id === '' ? null : await platform(ctx).request<DeveloperApp>('GET', appPath(app_id))
    if (answer === null || !answer.ok) return ui.Empty('This app does not exist any more.', { icon: 'PackageX' })
    const app = DeveloperApp.parse(answer.body)
    const notes =
      app.reject_reason === null ? [] : [ui.Alert(app.reject_reason, { title: 'Not approved', type: 'warning' })]
    const revisions = await readRevisions(ctx, app.app_id)
    const fromCode = isFromCode(app, revisions)
    return ui.Page(
      [
        actionsOf(app, fromCode),
        ...notes,
        ui.KeyValue([
          { key: 'Id', value: app.app_id },
          { key: 'Status', value: app.status.replaceAll('_', ' ') },
          { key: 'Live version', value: `${app.version ?? 'none'}${fromCode ? ', from code' : ''}` },
          { key: 'Installs', value: String(app.install_count) },
        ]),
        ...history(app.app_id, revisions, readerOf(ctx)),
      ],
      { title: app.name, subtitle: app.short_description },
    )
  },
)
