import { ActionResult, NotFoundError, type StorageClient, type StoreClient } from '@imperal/sdk'
import * as z from 'zod'
import { chat, FilesChanged } from './extension.ts'

export const FilePath = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .regex(
    /^(?!\/)(?!\.incoming\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^\\\p{Cc}]+[^/\\\p{Cc}]$/u,
    'a path is folders and a name, without .. and without a slash at its ends',
  )
  .describe('Folders and a name, such as letters/landlord.md.')
const MOST_TEXT = 500_000
const MOST_LISTED = 1000

export const FileWire = z.object({
  path: z.string(),
  size: z.number().int(),
  content_type: z.string(),
  url: z.string(),
})
export type FileWire = z.infer<typeof FileWire>

/** What was handed over for an hour is nobody's file until it is kept. */
const INCOMING = '.incoming/'

export async function allFiles(
  storage: StorageClient,
  folder = '',
  { incoming = false }: { readonly incoming?: boolean } = {},
): Promise<FileWire[]> {
  const files: FileWire[] = []
  for await (const { path, size, contentType, url } of await storage.list(folder)) {
    if (!incoming && path.startsWith(INCOMING)) continue
    files.push({ path, size, content_type: contentType, url })
    if (files.length >= MOST_LISTED) break
  }
  return files
}
export const gone = (path: string) => ActionResult.error(`There is no file ${path}.`, { code: 'FILE_NOT_FOUND' })
const isText = (type: string): boolean => /^text\/|json|xml|yaml|csv|markdown/.test(type)

const TYPES: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  json: 'application/json',
  csv: 'text/csv',
  html: 'text/html',
  xml: 'application/xml',
}
export const typeOf = (path: string): string => TYPES[path.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'text/plain'

export const writeFile = chat.function(
  'write_file',
  {
    description: 'Write a text file; a file of that path that is there already is only replaced when asked to.',
    actionType: 'write',
    effects: ['create:file'],
    event: FilesChanged,
    params: z.object({ path: FilePath, text: z.string().max(MOST_TEXT), replace: z.boolean().default(false) }),
    returns: FileWire,
  },
  async (ctx, { path, text, replace }) => {
    const exists = (await allFiles(ctx.storage, path)).some((file) => file.path === path)
    if (exists && !replace) return ActionResult.error(`${path} is there already.`, { code: 'FILE_EXISTS' })
    const { size, contentType, url } = await ctx.storage.upload(path, text, { contentType: typeOf(path) })
    return ActionResult.success({ path, size, content_type: contentType, url }, `Wrote ${path}.`)
  },
)

export const listFiles = chat.function(
  'list_files',
  {
    description: 'List your files, or those of one folder, or those whose path contains some words.',
    params: z.object({ folder: z.string().max(300).default(''), search: z.string().max(100).default('') }),
    returns: z.object({ files: z.array(FileWire), total: z.number().int(), bytes: z.number().int() }),
  },
  async (ctx, { folder, search }) => {
    const asked = search.toLowerCase()
    const files = (await allFiles(ctx.storage, folder)).filter(({ path }) => path.toLowerCase().includes(asked))
    const bytes = files.reduce((sum, { size }) => sum + size, 0)
    return ActionResult.success({ files, total: files.length, bytes }, `${files.length} file(s), ${bytes} bytes.`)
  },
)

export const readFile = chat.function(
  'read_file',
  {
    description: 'Read the text of one of your files.',
    params: z.object({ path: FilePath, most_characters: z.number().int().min(100).max(MOST_TEXT).default(20_000) }),
    returns: z.object({ path: z.string(), text: z.string(), truncated: z.boolean() }),
  },
  async (ctx, { path, most_characters }) => {
    const found = (await allFiles(ctx.storage, path)).find((file) => file.path === path)
    if (found === undefined) return gone(path)
    if (!isText(found.content_type))
      return ActionResult.error(`${path} is ${found.content_type}, not a text.`, { code: 'NOT_TEXT' })
    const text = new TextDecoder().decode(await ctx.storage.download(path))
    const truncated = text.length > most_characters
    return ActionResult.success({ path, text: text.slice(0, most_characters), truncated }, `Read ${path}.`)
  },
)

const Move = z.object({ from: z.string(), to: z.string() })
const MOST_MOVES = 50
const movesOf = (store: StoreClient) => store.collection('moves', Move)

async function forgetMoves(
  store: StoreClient,
  isOver: (move: z.infer<typeof Move>, index: number) => boolean,
): Promise<void> {
  const known = (await movesOf(store).query({ orderBy: '-created_at', limit: 2 * MOST_MOVES })).data
  for (const [index, { id, data }] of known.entries()) if (isOver(data, index)) await movesOf(store).delete(id)
}

/** So that whoever looks at the old path, as an open page does, is led to the new one. */
async function noteMove(store: StoreClient, from: string, to: string): Promise<void> {
  await forgetMoves(store, (move, index) => move.from === from || move.from === to || index >= MOST_MOVES - 1)
  await movesOf(store).create({ from, to })
}

/** Where a file that was at this path is now; null when no move is known. */
export async function movedTo(store: StoreClient, path: string): Promise<string | null> {
  const found = await movesOf(store).query({ where: { from: path }, orderBy: '-created_at', limit: 1 })
  return found.data[0]?.data.to ?? null
}

export const moveFile = chat.function(
  'move_file',
  {
    description: 'Give a file another path: rename it, or put it into another folder.',
    actionType: 'write',
    effects: ['update:file'],
    event: FilesChanged,
    params: z.object({ path: FilePath, to: FilePath }),
    // Not `path`: what has the name of a parameter is compared with it.
    returns: z.object({ from: z.string(), to: z.string() }),
  },
  async (ctx, { path, to }) => {
    if (path === to) return ActionResult.success({ from: path, to }, 'It is there already.')
    const [all, target] = await Promise.all([allFiles(ctx.storage, path), allFiles(ctx.storage, to)])
    const found = all.find((file) => file.path === path)
    if (found === undefined) return gone(path)
    if (target.some((file) => file.path === to))
      return ActionResult.error(`${to} is there already.`, { code: 'FILE_EXISTS' })
    await ctx.storage.upload(to, await ctx.storage.download(path), { contentType: found.content_type })
    await ctx.storage.delete(path)
    await noteMove(ctx.store, path, to)
    return ActionResult.success({ from: path, to }, `Moved ${path} to ${to}.`)
  },
)

export const deleteFile = chat.function(
  'delete_file',
  {
    description: 'Delete a file for good.',
    actionType: 'destructive',
    effects: ['delete:file'],
    event: FilesChanged,
    params: z.object({ path: FilePath }),
    returns: z.object({ path: z.string() }),
  },
  async (ctx, { path }) => {
    if (!(await ctx.storage.delete(path))) return gone(path)
    await forgetMoves(ctx.store, (move) => move.from === path)
    return ActionResult.success({ path }, `Deleted ${path}.`)
  },
)

/** The text of a file for a panel; null for what is none or is too large to show. */
export async function shownText(storage: StorageClient, file: FileWire): Promise<string | null> {
  if (!isText(file.content_type) || file.size > 200_000) return null
  try {
    return new TextDecoder().decode(await storage.download(file.path))
  } catch (error) {
    if (error instanceof NotFoundError) return null
    throw error
  }
}
