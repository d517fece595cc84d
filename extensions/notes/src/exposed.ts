import * as z from 'zod'
import { ext, NoteCreated } from './extension.ts'
import { notesOf, summaryOf } from './notebook.ts'

// For other apps of the person: they may leave a note, and read none.
ext.expose(
  'add_note',
  {
    actionType: 'write',
    params: z.object({
      title: z.string().trim().min(1).max(200),
      content_text: z.string().max(200_000).default(''),
    }),
  },
  async (ctx, given) => {
    const made = await notesOf(ctx.store).create({ ...given, folder_id: '', tags: [], pinned: false, draft: '' })
    await ctx.extensions.emit(NoteCreated, summaryOf(made))
    return { note_id: made.id }
  },
)
