import { type UINode, ui } from '@imperal/sdk'
import * as z from 'zod'
import { ext } from './extension.ts'
import { allFiles, deleteFile, type FileWire, movedTo, moveFile, shownText, writeFile } from './functions.ts'
import { LARGER, MOST_UPLOAD_MB, uploadFiles } from './upload.ts'

const REFRESH = 'on_event:files.changed'
const nameOf = (path: string): string => path.split('/').at(-1) ?? path
const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')
const sizeText = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1_048_576
      ? `${(bytes / 1024).toFixed(1)} KB`
      : `${(bytes / 1_048_576).toFixed(1)} MB`

// The shell tells a panel at the left what stands in the center (ui 5.5), so that it can mark the row.
const Center = z.object({ __active__: z.object({ params: z.object({ path: z.string() }) }) })

ext.panel(
  'browse',
  { slot: 'left', title: 'Files', icon: 'Folder', refresh: REFRESH, defaultWidth: 340 },
  async (ctx, params) => {
    const openPath = Center.safeParse(params).data?.__active__.params.path
    const files = await allFiles(ctx.storage)
    const toolbar = ui.Stack(
      [
        ui.Button('Upload', { icon: 'Upload', size: 'sm', onClick: ui.Call('__panel__upload', {}) }),
        ui.Button('New text', {
          icon: 'FilePlus',
          size: 'sm',
          variant: 'ghost',
          onClick: ui.Call('__panel__new_file', {}),
        }),
      ],
      { direction: 'h', sticky: true },
    )
    if (files.length === 0)
      return ui.Stack([
        toolbar,
        ui.Text('No files yet. Upload some, write a text, or ask the chat to keep a text as a file.', {
          variant: 'caption',
        }),
      ])
    const rows = files.map(({ path, size }) =>
      ui.ListItem(path, nameOf(path), {
        icon: 'File',
        selected: path === openPath,
        group: folderOf(path) || 'No folder',
        meta: sizeText(size),
        onClick: ui.Call('__panel__file', { path }),
        actions: [
          { icon: 'FolderInput', label: 'Move or rename', onClick: ui.Call('__panel__file', { path, edit: 'path' }) },
          { icon: 'Trash2', label: 'Delete', onClick: ui.Call(deleteFile, { path }) },
        ],
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
  'upload',
  {
    slot: 'center',
    title: 'Upload',
    icon: 'Upload',
    centerOverlay: true,
    params: z.object({ folder: z.string().max(300).default('') }),
  },
  async (ctx, { folder }) => {
    const folders = [...new Set((await allFiles(ctx.storage)).map(({ path }) => folderOf(path)))]
      .filter((one) => one !== '')
      .sort()
    const choice = ui.Select(
      [{ value: '', label: 'No folder' }, ...folders.map((one) => ({ value: one, label: one }))],
      { label: 'Folder', paramName: 'folder', value: folder, onChange: ui.Call('__panel__upload', {}) },
    )
    const field = ui.FileUpload({
      multiple: true,
      maxSizeMb: MOST_UPLOAD_MB,
      maxFiles: 50,
      onUpload: ui.Call(uploadFiles, { folder }),
      hint: `Up to ${MOST_UPLOAD_MB} MB each`,
    })
    return ui.Page([...(folders.length === 0 ? [] : [choice]), field, ui.Text(LARGER, { variant: 'caption' })], {
      title: 'Upload',
      subtitle: 'A file whose name is taken gets a number; nothing is written over.',
    })
  },
)

const backTo = (path: string): UINode =>
  ui.BackButton('the file', { onClick: ui.Call('__panel__file', { path, edit: '' }) })

const moveForm = ({ path }: FileWire): UINode =>
  ui.Page(
    [
      backTo(path),
      ui.Form(
        [
          ui.Input({
            label: 'New path',
            paramName: 'to',
            value: path,
            required: true,
            description: 'Folders and a name, such as letters/2026/landlord.md. A folder that is new is made.',
          }),
        ],
        { action: moveFile.functionName, submitLabel: 'Move', defaults: { path } },
      ),
    ],
    { title: 'Move or rename', subtitle: path },
  )

const textForm = ({ path }: FileWire, text: string): UINode =>
  ui.Page(
    [
      backTo(path),
      ui.Form([ui.TextArea({ label: 'Text', paramName: 'text', value: text, rows: 20 })], {
        action: writeFile.functionName,
        submitLabel: 'Save',
        defaults: { path, replace: true },
      }),
    ],
    { title: 'Edit text', subtitle: path },
  )

function look(file: FileWire, text: string | null): UINode {
  const { path, content_type, url, size } = file
  const change = (edit: string) => ui.Call('__panel__file', { path, edit })
  const toolbar = ui.Stack(
    [
      ...(text === null ? [] : [ui.Button('Edit text', { icon: 'Pencil', size: 'sm', onClick: change('text') })]),
      ui.Button('Move or rename', { icon: 'FolderInput', size: 'sm', variant: 'ghost', onClick: change('path') }),
      ui.Button('Delete', { icon: 'Trash2', size: 'sm', variant: 'danger', onClick: ui.Call(deleteFile, { path }) }),
    ],
    { direction: 'h', sticky: true, wrap: true },
  )
  const body =
    text === null
      ? ui.Text('Download it to look at it.', { variant: 'caption' })
      : content_type === 'text/markdown'
        ? ui.Markdown(text)
        : ui.Code(text, { language: 'text' })
  return ui.Page([toolbar, ui.Link('Download the file', { href: url }), body], {
    title: nameOf(path),
    subtitle: [folderOf(path), sizeText(size)].filter(Boolean).join(' · '),
  })
}

ext.panel(
  'file',
  {
    slot: 'center',
    title: 'File',
    icon: 'File',
    centerOverlay: true,
    listed: false,
    refresh: REFRESH,
    params: z.object({ path: z.string().default(''), edit: z.enum(['', 'path', 'text']).default('') }),
  },
  async (ctx, { path, edit }) => {
    const find = async (asked: string) => (await allFiles(ctx.storage, asked)).find((one) => one.path === asked)
    const here = path === '' ? undefined : await find(path)
    const moved = here === undefined ? await movedTo(ctx.store, path) : null
    const file = here ?? (moved === null ? undefined : await find(moved))
    if (file === undefined) return ui.Empty('This file does not exist any more.', { icon: 'FileX' })
    if (edit === 'path' && here) return moveForm(file)
    const text = await shownText(ctx.storage, file)
    return edit === 'text' && here && text !== null ? textForm(file, text) : look(file, text)
  },
)
