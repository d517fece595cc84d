import { HealthStatus } from '@imperal/sdk'
import { ext } from './extension.ts'
import { notesOf } from './notebook.ts'

const WELCOME = `This is your notebook.

- Write **Markdown**: lists, [links](https://example.com), \`code\`, tables.
- Put notes into folders, give them tags, pin the important ones.
- Or just ask in the chat: *note that the wifi password is on the router*.`

ext.onInstall(async (ctx) => {
  // May run again after a failed install: the welcome is written once.
  if ((await notesOf(ctx.store).count()) > 0) return
  await notesOf(ctx.store).create({
    title: 'Welcome to Notes',
    content_text: WELCOME,
    folder_id: '',
    tags: ['welcome'],
    pinned: true,
    draft: '',
  })
})

ext.skeleton(
  'notes',
  { ttl: 300, description: 'How many notes and folders there are, and the newest title' },
  async (ctx) => {
    const [notes, folders, newest] = await Promise.all([
      ctx.store.count('notes'),
      ctx.store.count('folders'),
      notesOf(ctx.store).query({ orderBy: '-updated_at', limit: 1 }),
    ])
    return { response: { notes, folders, newest_title: newest.data[0]?.data.title.slice(0, 80) ?? '' } }
  },
)

ext.healthCheck(async (ctx) => {
  await ctx.store.count('notes')
  return HealthStatus.ok()
})
