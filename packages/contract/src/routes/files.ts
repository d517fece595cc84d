import { z } from 'zod'
import { ActionType, CallResponse } from '../action-result.ts'
import { AppId } from '../identifiers.ts'
import { defineRoute } from '../route.ts'
import { CALL_ERRORS } from './extensions.ts'

/** A tool of an app that takes files. */
export const FileSink = z.object({
  app_id: z.string(),
  app_name: z.string(),
  tool: z.string(),
  description: z.string(),
  action_type: ActionType,
  accepts: z.array(z.string()),
  /** Parameter of the tool that carries the file. */
  arg: z.string(),
  arg_kind: z.enum(['text', 'file_id', 'bytes_ref']),
})
export type FileSink = z.infer<typeof FileSink>

export const files = {
  sinks: defineRoute({
    id: 'files.sinks',
    method: 'GET',
    path: '/v1/files/sinks',
    auth: 'user',
    tag: 'Files',
    summary: 'The tools of your apps that take a file of this name or type',
    surface: 'client',
    query: z.object({ name: z.string().max(512).default(''), mime: z.string().max(256).default('') }),
    response: z.object({ mime: z.string(), kinds: z.array(z.string()), sinks: z.array(FileSink) }),
  }),
  send: defineRoute({
    id: 'files.send',
    method: 'POST',
    path: '/v1/files/send',
    auth: 'user',
    // The corridor asks for the scopes of the tool.
    keyScope: null,
    tag: 'Files',
    summary: 'Give a file of up to 12 MiB to a tool that takes such files',
    surface: 'client',
    bodyKind: 'multipart',
    bodyLimit: 14 * 1024 * 1024,
    body: z.object({
      app_id: AppId,
      tool: z.string().min(1).max(64),
      /** Further arguments of the tool: a JSON object as text. */
      params: z.string().max(65_536).default('{}'),
      file: z.string().optional(),
    }),
    response: CallResponse,
    errors: [
      ...CALL_ERRORS,
      'FILES_MISSING',
      'FILES_NO_SINK',
      'FILES_NOT_ACCEPTED',
      'FILES_NO_TEXT',
      'FILES_TEXT_TOO_LONG',
      'FILES_BAD_PARAMS',
    ],
    rateLimit: { limit: 60, windowSeconds: 60, key: 'user' },
  }),
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
