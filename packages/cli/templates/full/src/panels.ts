import { ui } from '@imperal/sdk'
import { ext, LINES, Line } from './extension.ts'
import { addLine, deleteLine } from './functions.ts'

ext.panel(
  'journal',
  {
    slot: 'left',
    title: '__title__',
    icon: 'BookOpen',
    refresh: 'on_event:__app_id__.line_added,__app_id__.line_deleted',
  },
  async (ctx) => {
    const page = await ctx.store.collection(LINES, Line).query({ orderBy: '-created_at', limit: 100 })
    const rows = page.map(({ id, data }) =>
      ui.ListItem(id, data.text, {
        actions: [{ icon: 'Trash2', label: 'Delete', onClick: ui.Call(deleteLine, { line_id: id }) }],
      }),
    )
    return ui.Stack([
      ui.Form([ui.Input({ label: 'What happened?', paramName: 'text', required: true })], {
        action: addLine.functionName,
        submitLabel: 'Write',
      }),
      rows.length === 0 ? ui.Text('Nothing is written yet.', { variant: 'caption' }) : ui.List(rows),
    ])
  },
)
