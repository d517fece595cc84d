import { type CallParams, type PanelContext, type UINode, ui } from '@imperal/sdk'
import * as z from 'zod'
import { ext } from './extension.ts'
import { createFolder, deleteFolder } from './folder-functions.ts'
import { createNote, deleteNote, updateNote } from './note-functions.ts'
import {
  allFolders,
  allNotes,
  asMarkdown,
  counted,
  excerpt,
  type NoteDocument,
  noteOfDraft,
  notesOf,
} from './notebook.ts'

const REFRESH = 'on_event:notes.created,notes.updated,notes.deleted,notes.folder_changed'

// The shell tells a panel at the left what stands in the center (ui 5.5), so that it can mark the row.
const Center = z.object({
  __active__: z.object({ params: z.object({ note_id: z.string().optional(), draft: z.string().optional() }) }),
})

/** Whether the note stands in the center, also where the form was with which it was written. */
function stands(note: NoteDocument, params: CallParams): boolean {
  const shown = Center.safeParse(params).data?.__active__.params
  return shown?.note_id === note.id || (note.data.draft !== '' && shown?.draft === note.data.draft)
}

const open = (note: NoteDocument) => ui.Call('__panel__note', { note_id: note.id })

function row(note: NoteDocument, folderName: string, selected: boolean): UINode {
  return ui.ListItem(note.id, note.data.title, {
    subtitle: excerpt(note.data) || 'Empty',
    icon: note.data.pinned ? 'Pin' : 'FileText',
    selected,
    group: folderName,
    meta: note.data.tags.map((tag) => `#${tag}`).join(' '),
    onClick: open(note),
    actions: [
      {
        icon: note.data.pinned ? 'PinOff' : 'Pin',
        label: note.data.pinned ? 'Unpin' : 'Pin',
        onClick: ui.Call(updateNote, { note_id: note.id, pinned: !note.data.pinned }),
      },
      { icon: 'Trash2', label: 'Delete', onClick: ui.Call(deleteNote, { title: note.data.title, note_id: note.id }) },
    ],
  })
}

ext.panel(
  'sidebar',
  { slot: 'left', title: 'Notes', icon: 'NotebookPen', refresh: REFRESH, defaultWidth: 320 },
  async (ctx, params) => {
    const [notes, folders] = await Promise.all([allNotes(ctx.store), allFolders(ctx.store)])
    const names = new Map(folders.map((folder) => [folder.id, folder.data.name]))
    const groupOf = (note: NoteDocument) => (note.data.pinned ? 'Pinned' : (names.get(note.data.folder_id) ?? 'Notes'))
    const sorted = [...notes].sort(
      (a, b) => Number(b.data.pinned) - Number(a.data.pinned) || groupOf(a).localeCompare(groupOf(b)),
    )
    const toolbar = ui.Stack(
      [
        ui.Button('New note', {
          icon: 'Plus',
          size: 'sm',
          onClick: ui.Call('__panel__new_note', { draft: crypto.randomUUID() }),
        }),
        ui.Button('Folders', {
          icon: 'Folder',
          size: 'sm',
          variant: 'ghost',
          onClick: ui.Call('__panel__folders', {}),
        }),
      ],
      { direction: 'h', sticky: true, justify: 'between' },
    )
    if (notes.length === 0)
      return ui.Stack([
        toolbar,
        ui.Text('No notes yet. Write the first one, or say “note that …” in the chat.', { variant: 'caption' }),
      ])
    return ui.Stack(
      [
        toolbar,
        ui.List(
          sorted.map((note) => row(note, groupOf(note), stands(note, params))),
          { searchable: true, searchPlaceholder: 'Search notes', groupedBy: 'group', pageSize: 50 },
        ),
      ],
      { gap: 2 },
    )
  },
)

async function fields(ctx: PanelContext, note: NoteDocument | null): Promise<UINode[]> {
  const folders = await allFolders(ctx.store)
  const known = [...new Set((await allNotes(ctx.store)).flatMap((entry) => entry.data.tags))].sort()
  return [
    ui.Input({
      label: 'Title',
      paramName: 'title',
      value: note?.data.title ?? '',
      placeholder: 'Title',
      required: true,
    }),
    ui.TextArea({
      label: 'Text',
      paramName: 'content_text',
      value: note?.data.content_text ?? '',
      rows: 16,
      placeholder: 'Markdown, for example **bold** or - a list',
    }),
    ui.Select(
      [{ value: '', label: 'No folder' }, ...folders.map((folder) => ({ value: folder.id, label: folder.data.name }))],
      { label: 'Folder', paramName: 'folder_id', value: note?.data.folder_id ?? '' },
    ),
    ui.TagInput({
      label: 'Tags',
      paramName: 'tags',
      values: note?.data.tags ?? [],
      suggestions: known,
      placeholder: 'Add a tag',
    }),
  ]
}

function page(note: NoteDocument): UINode {
  const { title, content_text, tags } = note.data
  const toolbar = ui.Stack(
    [
      ui.Button('Edit', {
        icon: 'Pencil',
        size: 'sm',
        onClick: ui.Call('__panel__note', { note_id: note.id, edit: true }),
      }),
      ui.Button('Delete', {
        icon: 'Trash2',
        size: 'sm',
        variant: 'danger',
        onClick: ui.Call(deleteNote, { title, note_id: note.id }),
      }),
    ],
    { direction: 'h', sticky: true },
  )
  const labels =
    tags.length === 0
      ? []
      : [
          ui.Stack(
            tags.map((tag) => ui.Badge(`#${tag}`, { color: 'blue' })),
            { direction: 'h', wrap: true, gap: 1 },
          ),
        ]
  return ui.Page(
    [
      toolbar,
      ...labels,
      content_text === '' ? ui.Text('This note has no text yet.', { variant: 'caption' }) : ui.Markdown(content_text),
    ],
    { title },
  )
}

ext.panel(
  'new_note',
  {
    slot: 'center',
    // Its head stays when the note stands where its form was.
    title: 'Note',
    icon: 'FilePlus',
    centerOverlay: true,
    listed: false,
    refresh: 'on_event:notes.updated,notes.deleted',
    params: z.object({ draft: z.string().default('') }),
  },
  async (ctx, { draft }) => {
    const written = await noteOfDraft(ctx.store, draft)
    // Once the note is there, it stands where its form was.
    if (written) return page(written)
    // Opened by its bare address it has no draft to go by: then the form empties when a note came.
    const newest = draft === '' ? (await notesOf(ctx.store).query({ orderBy: '-created_at', limit: 1 })).data[0] : null
    const form = ui.Form(await fields(ctx, null), {
      action: createNote.functionName,
      submitLabel: 'Create note',
      defaults: { draft },
      node: { revision: newest?.id ?? draft },
    })
    return ui.Page([form], { title: 'New note' })
  },
)

ext.panel(
  'note',
  {
    slot: 'center',
    title: 'Note',
    icon: 'FileText',
    centerOverlay: true,
    listed: false,
    refresh: 'on_event:notes.updated,notes.deleted',
    params: z.object({ note_id: z.string().default(''), edit: z.coerce.boolean().default(false) }),
  },
  async (ctx, params) => {
    const note = params.note_id === '' ? null : await notesOf(ctx.store).find(params.note_id)
    if (!note) return ui.Empty('This note does not exist any more.', { icon: 'FileX' })
    if (params.edit) {
      const form = ui.Form(await fields(ctx, note), {
        action: updateNote.functionName,
        submitLabel: 'Save',
        defaults: { note_id: note.id },
      })
      return ui.Page([ui.BackButton('the note', { onClick: ui.Call('__panel__note', { note_id: note.id }) }), form], {
        title: 'Edit note',
      })
    }
    return page(note)
  },
)

ext.panel(
  'folders',
  { slot: 'center', title: 'Folders', icon: 'Folder', centerOverlay: true, refresh: REFRESH },
  async (ctx) => {
    const [folders, notes] = await Promise.all([allFolders(ctx.store), allNotes(ctx.store)])
    const rows = folders.map((folder) =>
      ui.ListItem(folder.id, folder.data.name, {
        icon: 'Folder',
        meta: counted(notes.filter((note) => note.data.folder_id === folder.id).length),
        actions: [{ icon: 'Trash2', label: 'Delete folder', onClick: ui.Call(deleteFolder, { folder_id: folder.id }) }],
      }),
    )
    return ui.Page(
      [
        ui.Form([ui.Input({ label: 'Name', paramName: 'name', placeholder: 'For example Recipes', required: true })], {
          action: createFolder.functionName,
          submitLabel: 'Create folder',
        }),
        rows.length === 0 ? ui.Text('No folders yet.', { variant: 'caption' }) : ui.List(rows),
        ui.Divider(),
        ui.Button('Export all notes as Markdown', {
          icon: 'Download',
          variant: 'secondary',
          onClick: ui.Call('__panel__export', {}),
        }),
      ],
      { title: 'Folders' },
    )
  },
)

ext.panel('export', { slot: 'center', title: 'Export', icon: 'Download', centerOverlay: true }, async (ctx) => {
  const notes = await allNotes(ctx.store)
  const markdown = asMarkdown(notes)
  // A panel may be 256 KB at most; larger collections leave through the function, folder by folder.
  if (markdown.length > 200_000)
    return ui.Alert('These notes are too many to show. Ask the chat to export one folder at a time.', {
      type: 'warning',
    })
  const subtitle = `${counted(notes.length)} as Markdown; copy the text or save it as a file`
  return ui.Page([ui.Code(markdown, { language: 'markdown' })], { title: 'Export', subtitle })
})
