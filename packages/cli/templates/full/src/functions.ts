import { ActionResult } from '@imperal/sdk'
import * as z from 'zod'
import { chat, LINES, Line, LineAdded, LineDeleted } from './extension.ts'

export const addLine = chat.function(
  'add_line',
  {
    description: 'Write one line into the journal; answers the line with its id.',
    actionType: 'write',
    effects: ['create:line'],
    event: LineAdded,
    params: z.object({ text: z.string().trim().min(1).max(500).describe('What happened.') }),
    returns: z.object({ line_id: z.string(), text: z.string() }),
  },
  async (ctx, { text }) => {
    const { id } = await ctx.store.collection(LINES, Line).create({ text })
    return ActionResult.success({ line_id: id, text }, `Wrote “${text}”`)
  },
)

export const listLines = chat.function(
  'list_lines',
  {
    description: 'List the lines of the journal, newest first, each with the id that delete_line takes.',
    params: z.object({ limit: z.number().int().min(1).max(100).default(20) }),
    returns: z.object({ lines: z.array(z.object({ line_id: z.string(), text: z.string() })) }),
  },
  async (ctx, { limit }) => {
    const page = await ctx.store.collection(LINES, Line).query({ orderBy: '-created_at', limit })
    const lines = page.map(({ id, data }) => ({ line_id: id, text: data.text }))
    return ActionResult.success({ lines }, `${lines.length} lines`)
  },
)

export const deleteLine = chat.function(
  'delete_line',
  {
    description: 'Delete one line of the journal for good; take the id from list_lines.',
    actionType: 'destructive',
    effects: ['delete:line'],
    event: LineDeleted,
    params: z.object({ line_id: z.string().describe('Id from list_lines.') }),
    returns: z.object({ line_id: z.string() }),
  },
  async (ctx, { line_id }) => {
    const deleted = await ctx.store.delete(LINES, line_id)
    if (!deleted) return ActionResult.error('This line does not exist any more.', { code: 'LINE_NOT_FOUND' })
    return ActionResult.success({ line_id }, 'Deleted the line')
  },
)
