import { SkeletonSection } from '@imperal/contract'
import { textAt } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback } from './refuse-callback.ts'
import { scopeOf } from './session.ts'

/** `ctx.skeleton.get`: the previous snapshot of an own section, for skeleton handlers only (K5.11). */
export const skeletonClient: ClientTable<'skeleton'> = {
  async get(session, args, asUser) {
    const section = textAt(args, 0, 'section')
    if (!SkeletonSection.safeParse(section).success)
      throw refusedCallback('validation_error', 'That is not the name of a section.', { field: 'section' })
    const row = await session.parts.state.skeletonGet(await scopeOf(session, asUser), section)
    return row?.data ?? null
  },
}
