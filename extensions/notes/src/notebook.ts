import type { Document, StoreClient } from '@imperal/sdk'
import * as z from 'zod'

export const Note = z.object({
  title: z.string(),
  content_text: z.string(),
  folder_id: z.string(),
  tags: z.array(z.string()),
  pinned: z.boolean(),
  /** The form that it was written in; empty for notes of other origin. */
  draft: z.string().default(''),
})
export type Note = z.infer<typeof Note>

export const Folder = z.object({ name: z.string() })
export type Folder = z.infer<typeof Folder>

export type NoteDocument = Document<Note>

export const notesOf = (store: StoreClient) => store.collection('notes', Note)
export const foldersOf = (store: StoreClient) => store.collection('folders', Folder)

// A person who keeps more notes than this still finds all of them by search; lists show the newest.
const MOST_READ = 2000

/** One form is one draft: what is sent once, or twice by a restless hand, is one note. */
export const Draft = z
  .union([z.literal(''), z.uuid()])
  .default('')
  .describe('Filled in by the form for a new note; leave it out.')
  .meta({ readOnly: true })

/** The note that was made from a draft, if it was sent. */
export async function noteOfDraft(store: StoreClient, draft: string): Promise<NoteDocument | null> {
  if (draft === '') return null
  return (await notesOf(store).query({ where: { draft }, limit: 1 })).data[0] ?? null
}

/** Every note, newest change first. */
export async function allNotes(
  store: StoreClient,
  where: Partial<Pick<Note, 'folder_id' | 'pinned'>> = {},
): Promise<NoteDocument[]> {
  const notes: NoteDocument[] = []
  const first = await notesOf(store).query({ where, orderBy: '-updated_at', limit: 200 })
  for await (const note of first) {
    notes.push(note)
    if (notes.length >= MOST_READ) break
  }
  return notes
}

export async function allFolders(store: StoreClient): Promise<Document<Folder>[]> {
  const page = await foldersOf(store).query({ limit: 200 })
  return [...page].sort((a, b) => a.data.name.localeCompare(b.data.name))
}

/** `1 note`, `2 notes`. */
export const counted = (count: number): string => `${count} ${count === 1 ? 'note' : 'notes'}`

const normalise = (text: string): string => text.normalize('NFKC').toLowerCase()

/** Whether every word of the query occurs in the title, the text or a tag. */
export function matches(note: Note, query: string): boolean {
  const text = normalise(`${note.title}\n${note.content_text}\n${note.tags.join(' ')}`)
  return normalise(query)
    .split(/\s+/)
    .every((word) => text.includes(word))
}

// The line under the head of a table, fences of code, and rulers say nothing in one line of plain text.
const NO_WORDS =
  /^[ \t]*(?:\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?|(?:```|~~~).*|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})[ \t]*$/gm
const CELLS = /[ \t]*(?<!\\)\|[ \t]*/g

/** A row of a table as its cells, `Milk · 2`; any other line as it is. */
const plainRow = (line: string): string =>
  /^[ \t]*\|/.test(line)
    ? line
        .split(CELLS)
        .filter((cell) => cell.trim() !== '')
        .join(' · ')
    : line

/** Markdown as one line of the words that a reader of the drawn text sees. */
const plainText = (markdown: string): string =>
  markdown
    .replaceAll(NO_WORDS, '')
    .split('\n')
    .map(plainRow)
    .join('\n')
    .replaceAll(/!?\[([^\]\n]*)\]\([^()\s]*\)/g, '$1')
    .replaceAll(/^[ \t]*[-+][ \t]+/gm, '')
    .replaceAll(/^\[[ xX]\][ \t]+/gm, '')
    .replaceAll(/[#>*_`[\]\\]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** The line around the first hit, for result lists. */
export function excerpt(note: Note, query = ''): string {
  const flat = plainText(note.content_text)
  const at = query === '' ? 0 : normalise(flat).indexOf(normalise(query).split(/\s+/)[0] ?? '')
  const start = Math.max(0, at - 40)
  const piece = flat.slice(start, start + 120)
  return `${start > 0 ? '…' : ''}${piece}${start + 120 < flat.length ? '…' : ''}`
}

/** Lower-case tags without the leading #, each once. */
export const cleanTags = (tags: readonly string[]): string[] => [
  ...new Set(tags.map((tag) => tag.trim().replace(/^#/, '').toLowerCase()).filter((tag) => tag !== '')),
]

/** What functions answer for one note: `note_id` is the name that the other functions take. */
export const summaryOf = (note: NoteDocument) => ({
  note_id: note.id,
  title: note.data.title,
  folder_id: note.data.folder_id,
  tags: note.data.tags,
  pinned: note.data.pinned,
  updated_at: note.updatedAt,
})

export const NoteSummary = z.object({
  note_id: z.string(),
  title: z.string(),
  folder_id: z.string(),
  tags: z.array(z.string()),
  pinned: z.boolean(),
  updated_at: z.string(),
})

/** All notes as one Markdown text, each under its title. */
export const asMarkdown = (notes: readonly NoteDocument[]): string =>
  notes
    .map(({ data }) => {
      const tags = data.tags.length > 0 ? `\n${data.tags.map((tag) => `#${tag}`).join(' ')}\n` : ''
      return `# ${data.title}\n${tags}\n${data.content_text}\n`
    })
    .join('\n---\n\n')
