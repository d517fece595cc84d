import * as z from 'zod'
import { ext } from './extension.ts'
import { FilePath, gone } from './functions.ts'

// Asked before the person is asked: nobody should confirm what cannot be done.
ext.expose('check_delete_file', { actionType: 'read', params: z.object({ path: FilePath }) }, async (ctx, { path }) => {
  for await (const file of await ctx.storage.list(path)) if (file.path === path) return {}
  return gone(path)
})
