import { ActionResult } from '@imperal/sdk'
import * as z from 'zod'
import { chat, NoteCreated, NoteDeleted, NoteUpdated } from './extension.ts'
import {
  allNotes,
  asMarkdown,
  cleanTags,
  counted,
  Draft,
  excerpt,
  foldersOf,
  matches,
  NoteSummary,
  noteOfDraft,
  notesOf,
  summaryOf,
} from './notebook.ts'

const Title = z.string().trim().min(1).max(200).describe('Title of the note.')
const Text = z.string().max(200_000).describe('Text of the note in Markdown.')
const Tags = z.array(z.string().max(40)).max(20).describe('Tags without #.')
const NoteId = z.string().min(1).describe('Id from list_notes or search_notes.')
const FolderId = z.string().describe('Id from list_folders; empty for no folder.')

const missing = (what: string) =>
  ActionResult.error(`This ${what} does not exist any more.`, { code: 'NOTE_NOT_FOUND' })

export const createNote = chat.function(
  'create_note',
  {
    description: 'Create a note with a title, Markdown text, an optional folder and tags.',
    actionType: 'write',
    effects: ['create:note'],
    event: NoteCreated,
    params: z.object({
      title: Title,
      content_text: Text.default(''),
      folder_id: FolderId.default(''),
      tags: Tags.default([]),
      draft: Draft,
    }),
    returns: NoteSummary,
  },
  async (ctx, params) => {
    const sent = await noteOfDraft(ctx.store, params.draft)
    if (sent) return ActionResult.success(summaryOf(sent), `Created the note “${sent.data.title}”.`)
    if (params.folder_id !== '' && !(await foldersOf(ctx.store).find(params.folder_id))) return missing('folder')
    const note = await notesOf(ctx.store).create({ ...params, tags: cleanTags(params.tags), pinned: false })
    return ActionResult.success(summaryOf(note), `Created the note “${params.title}”.`)
  },
)

export const listNotes = chat.function(
  'list_notes',
  {
    description: 'List notes, newest change first, optionally only those of one folder or with one tag.',
    params: z.object({
      folder_id: FolderId.optional(),
      tag: z.string().optional().describe('Only notes with this tag.'),
      limit: z.number().int().min(1).max(100).default(20),
    }),
    returns: z.object({ notes: z.array(NoteSummary), total: z.number().int() }),
  },
  async (ctx, params) => {
    const found = await allNotes(ctx.store, params.folder_id === undefined ? {} : { folder_id: params.folder_id })
    const tagged =
      params.tag === undefined
        ? found
        : found.filter((note) => note.data.tags.includes(cleanTags([params.tag ?? ''])[0] ?? ''))
    return ActionResult.success(
      { notes: tagged.slice(0, params.limit).map(summaryOf), total: tagged.length },
      tagged.length === 0 ? 'There are no notes.' : `${counted(tagged.length)}.`,
      { refreshPanels: [] },
    )
  },
)

export const searchNotes = chat.function(
  'search_notes',
  {
    description: 'Search titles, texts and tags of all notes for words and return the notes that hold every word.',
    params: z.object({
      query: z.string().trim().min(1).max(200).describe('Words to look for.'),
      limit: z.number().int().min(1).max(50).default(10),
    }),
    returns: z.object({ notes: z.array(NoteSummary.extend({ excerpt: z.string() })), total: z.number().int() }),
  },
  async (ctx, params) => {
    const hits = (await allNotes(ctx.store)).filter((note) => matches(note.data, params.query))
    const notes = hits
      .slice(0, params.limit)
      .map((note) => ({ ...summaryOf(note), excerpt: excerpt(note.data, params.query) }))
    return ActionResult.success(
      { notes, total: hits.length },
      hits.length === 0
        ? `No note holds “${params.query}”.`
        : `${counted(hits.length)} ${hits.length === 1 ? 'holds' : 'hold'} “${params.query}”.`,
      { refreshPanels: [] },
    )
  },
)

export const getNote = chat.function(
  'get_note',
  {
    description: 'Read one note in full: title, Markdown text, folder and tags.',
    params: z.object({ note_id: NoteId }),
    returns: NoteSummary.extend({ content_text: z.string() }),
  },
  async (ctx, params) => {
    const note = await notesOf(ctx.store).find(params.note_id)
    if (!note) return missing('note')
    return ActionResult.success({ ...summaryOf(note), content_text: note.data.content_text }, note.data.title, {
      refreshPanels: [],
    })
  },
)

export const updateNote = chat.function(
  'update_note',
  {
    description: 'Change the title, the text, the folder, the tags or the pin of one note; what is left out stays.',
    actionType: 'write',
    effects: ['update:note'],
    event: NoteUpdated,
    params: z.object({
      note_id: NoteId,
      title: Title.optional(),
      content_text: Text.optional(),
      folder_id: FolderId.optional(),
      tags: Tags.optional(),
      pinned: z.boolean().optional(),
    }),
    returns: NoteSummary,
  },
  async (ctx, { note_id, ...given }) => {
    if (!(await notesOf(ctx.store).find(note_id))) return missing('note')
    if (given.folder_id && !(await foldersOf(ctx.store).find(given.folder_id))) return missing('folder')
    const patch = Object.fromEntries(
      Object.entries({ ...given, ...(given.tags ? { tags: cleanTags(given.tags) } : {}) }).filter(
        ([, value]) => value !== undefined,
      ),
    )
    const note = await notesOf(ctx.store).update(note_id, patch)
    return ActionResult.success(summaryOf(note), `Saved “${note.data.title}”.`)
  },
)

export const appendToNote = chat.function(
  'append_to_note',
  {
    description: 'Add text at the end of one note and keep everything that is there.',
    actionType: 'write',
    effects: ['update:note'],
    event: NoteUpdated,
    params: z.object({ note_id: NoteId, text: z.string().min(1).max(100_000).describe('Markdown to add.') }),
    returns: NoteSummary,
  },
  async (ctx, params) => {
    // Two additions at once must both arrive: the second one that finds another version reads again.
    for (let attempt = 0; ; attempt++) {
      const note = await notesOf(ctx.store).find(params.note_id)
      if (!note) return missing('note')
      try {
        const content_text = note.data.content_text === '' ? params.text : `${note.data.content_text}\n\n${params.text}`
        const saved = await notesOf(ctx.store).update(note.id, { content_text }, { ifMatch: note.etag })
        return ActionResult.success(summaryOf(saved), `Added to “${saved.data.title}”.`)
      } catch (error) {
        if (attempt >= 5 || (error as { code?: string }).code !== 'store_conflict') throw error
      }
    }
  },
)

export const deleteNote = chat.function(
  'delete_note',
  {
    description: 'Delete one note for good.',
    actionType: 'destructive',
    effects: ['delete:note'],
    event: NoteDeleted,
    idProjection: 'note_id',
    params: z.object({
      title: z
        .string()
        .optional()
        .describe('Title of this note as it was read; shown to the person who is asked to confirm.')
        // A form asks which note, and says its title there; nobody types the title of what they delete.
        .meta({ readOnly: true }),
      note_id: NoteId,
    }),
    returns: z.object({ note_id: z.string(), title: z.string() }),
  },
  async (ctx, params) => {
    const note = await notesOf(ctx.store).find(params.note_id)
    if (!note) return missing('note')
    // The person agreed to delete the note of this title: another one must not go in its place.
    if (params.title !== undefined && params.title !== note.data.title)
      return ActionResult.error(`This note is called “${note.data.title}”, not “${params.title}”.`, {
        code: 'NOTE_TITLE_DIFFERS',
      })
    await notesOf(ctx.store).delete(note.id)
    return ActionResult.success({ note_id: note.id, title: note.data.title }, `Deleted the note “${note.data.title}”.`)
  },
)

export const exportNotes = chat.function(
  'export_notes',
  {
    description: 'Export all notes, or those of one folder, as one Markdown text.',
    params: z.object({ folder_id: FolderId.optional() }),
    returns: z.object({ markdown: z.string(), count: z.number().int() }),
  },
  async (ctx, params) => {
    const notes = await allNotes(ctx.store, params.folder_id === undefined ? {} : { folder_id: params.folder_id })
    const markdown = asMarkdown(notes)
    // A result holds at most 1 MiB; a larger collection is exported folder by folder.
    if (markdown.length > 700_000)
      return ActionResult.error('These notes are too many for one export. Export one folder at a time.', {
        code: 'EXPORT_TOO_LARGE',
      })
    return ActionResult.success({ markdown, count: notes.length }, `Exported ${counted(notes.length)}.`, {
      refreshPanels: [],
    })
  },
)
