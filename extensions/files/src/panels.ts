import { ui } from '@imperal/sdk'
import * as z from 'zod'
import { ext } from './extension.ts'
import { allFiles, deleteFile, shownText, writeFile } from './functions.ts'

const REFRESH = 'on_event:files.changed'
const sizeText = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1_048_576
      ? `${(bytes / 1024).toFixed(1)} KB`
      : `${(bytes / 1_048_576).toFixed(1)} MB`

ext.panel(
  'browse',
  { slot: 'left', title: 'Files', icon: 'Folder', refresh: REFRESH, defaultWidth: 340 },
  async (ctx) => {
    const files = await allFiles(ctx.storage)
    const toolbar = ui.Stack(
      [ui.Button('New text', { icon: 'FilePlus', size: 'sm', onClick: ui.Call('__panel__new_file', {}) })],
      { direction: 'h', sticky: true },
    )
    if (files.length === 0)
      return ui.Stack([
        toolbar,
        ui.Text('No files yet. Write the first one, or ask the chat to keep a text as a file.', { variant: 'caption' }),
      ])
    const rows = files.map(({ path, size }) =>
      ui.ListItem(path, path.split('/').at(-1) ?? path, {
        icon: 'File',
        group: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : 'No folder',
        meta: sizeText(size),
        onClick: ui.Call('__panel__file', { path }),
        actions: [{ icon: 'Trash2', label: 'Delete', onClick: ui.Call(deleteFile, { path }) }],
      }),
    )
    return ui.Stack([toolbar, ui.List(rows, { groupedBy: 'group', searchable: rows.length > 8, pageSize: 50 })], {
      gap: 2,
    })
  },
)

ext.panel('new_file', { slot: 'center', title: 'New text', icon: 'FilePlus', centerOverlay: true }, async () =>
  ui.Page(
    [
      ui.Form(
        [
          ui.Input({ label: 'Path', paramName: 'path', placeholder: 'letters/landlord.md', required: true }),
          ui.TextArea({ label: 'Text', paramName: 'text', rows: 16 }),
        ],
        {
          action: writeFile.functionName,
          submitLabel: 'Write',
        },
      ),
    ],
    { title: 'New text' },
  ),
)

ext.panel(
  'file',
  {
    slot: 'center',
    title: 'File',
    icon: 'File',
    centerOverlay: true,
    listed: false,
    refresh: REFRESH,
    params: z.object({ path: z.string().default('') }),
  },
  async (ctx, { path }) => {
    const file = path === '' ? undefined : (await allFiles(ctx.storage, path)).find((one) => one.path === path)
    if (file === undefined) return ui.Empty('This file does not exist any more.', { icon: 'FileX' })
    const text = await shownText(ctx.storage, file)
    const body =
      text === null
        ? ui.Text('Fetch it to look at it.', { variant: 'caption' })
        : file.content_type === 'text/markdown'
          ? ui.Markdown(text)
          : ui.Code(text, { language: 'text' })
    return ui.Page([ui.Link('Fetch the file', { href: file.url }), body], {
      title: path,
      subtitle: sizeText(file.size),
    })
  },
)
