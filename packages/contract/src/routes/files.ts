import { z } from 'zod'
import { defineRoute } from '../route.ts'

export const files = {
  download: defineRoute({
    id: 'files.download',
    method: 'GET',
    path: '/v1/files/{token}',
    auth: 'none',
    tag: 'Files',
    summary: 'The content of a stored file, by the signed address in its FileInfo',
    surface: 'client',
    params: z.object({ token: z.string().min(1).max(512) }),
    response: z.unknown(),
    responseKind: 'bytes',
    errors: ['STORAGE_LINK_EXPIRED', 'STORAGE_NOT_FOUND'],
  }),
} as const
