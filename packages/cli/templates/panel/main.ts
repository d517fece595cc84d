import { ActionResult, ChatExtension, Extension, HealthStatus, ui } from '@imperal/sdk'
import * as z from 'zod'

export const ext = new Extension('__app_id__', {
  version: '1.0.0',
  displayName: '__title__ Extension',
  description: 'Keeps a short list in a panel beside the chat; add and remove entries in either place.',
  icon: 'icon.svg',
  capabilities: ['__app_id__:read', '__app_id__:write'],
})

const chat = new ChatExtension(ext, {
  toolName: '__tool_name__',
  description: 'Adds, lists and removes the entries of a short list.',
})

const Entry = z.object({ text: z.string() })
const EntryAdded = ext.emits('__app_id__.entry_added')
const EntryRemoved = ext.emits('__app_id__.entry_removed')

export const addEntry = chat.function(
  'add_entry',
  {
    description: 'Add one entry to the list; answers the entry with its id.',
    actionType: 'write',
    effects: ['create:entry'],
    event: EntryAdded,
    params: z.object({ text: z.string().trim().min(1).max(200).describe('What the entry says.') }),
    returns: z.object({ entry_id: z.string(), text: z.string() }),
  },
  async (ctx, { text }) => {
    const { id } = await ctx.store.collection('entries', Entry).create({ text })
    return ActionResult.success({ entry_id: id, text }, `Added “${text}”`)
  },
)

export const listEntries = chat.function(
  'list_entries',
  {
    description: 'List the entries, newest first, each with the id that remove_entry takes.',
    params: z.object({}),
    returns: z.object({ entries: z.array(z.object({ entry_id: z.string(), text: z.string() })) }),
  },
  async (ctx) => {
    const page = await ctx.store.collection('entries', Entry).query({ orderBy: '-created_at', limit: 100 })
    const entries = page.map(({ id, data }) => ({ entry_id: id, text: data.text }))
    return ActionResult.success({ entries }, `${entries.length} entries`)
  },
)

export const removeEntry = chat.function(
  'remove_entry',
  {
    description: 'Remove one entry from the list for good; take the id from list_entries.',
    actionType: 'destructive',
    effects: ['delete:entry'],
    event: EntryRemoved,
    params: z.object({ entry_id: z.string().describe('Id from list_entries.') }),
    returns: z.object({ entry_id: z.string() }),
  },
  async (ctx, { entry_id }) => {
    const removed = await ctx.store.delete('entries', entry_id)
    if (!removed) return ActionResult.error('This entry does not exist any more.', { code: 'ENTRY_NOT_FOUND' })
    return ActionResult.success({ entry_id }, 'Removed the entry')
  },
)

ext.panel(
  'entries',
  {
    slot: 'left',
    title: '__title__',
    icon: 'List',
    refresh: 'on_event:__app_id__.entry_added,__app_id__.entry_removed',
  },
  async (ctx) => {
    const page = await ctx.store.collection('entries', Entry).query({ orderBy: '-created_at', limit: 100 })
    const rows = page.map(({ id, data }) =>
      ui.ListItem(id, data.text, {
        actions: [{ icon: 'Trash2', label: 'Remove', onClick: ui.Call(removeEntry, { entry_id: id }) }],
      }),
    )
    return ui.Stack([
      ui.Form([ui.Input({ label: 'New entry', paramName: 'text', required: true })], {
        action: addEntry.functionName,
        submitLabel: 'Add',
      }),
      rows.length === 0 ? ui.Text('Nothing here yet.', { variant: 'caption' }) : ui.List(rows),
    ])
  },
)

ext.onInstall((ctx) => ctx.log('__title__ was installed'))

ext.healthCheck(async (ctx) => {
  await ctx.store.count('entries')
  return HealthStatus.ok()
})
