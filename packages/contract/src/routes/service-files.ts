import { z } from 'zod'
import { AppId, Timestamp } from '../identifiers.ts'
import { defineRoute } from '../route.ts'
import { SERVICE_ERRORS, ServiceTenant } from './service-store.ts'

const tag = 'Storage (internal)'
const FilePath = z.string().min(1).max(512)
const Place = { extension_id: AppId, tenant_id: ServiceTenant }
const File = z.object({
  path: z.string(),
  size: z.number().int(),
  content_type: z.string(),
  created_at: Timestamp,
  /** Signed address of the content, valid for 24 hours. */
  url: z.string(),
})

/** Files of apps, for services of the platform that act for a user (api.md 3.25). */
export const serviceFiles = {
  upload: defineRoute({
    id: 'service_files.upload',
    method: 'POST',
    path: '/v1/internal/storage/upload',
    auth: 'svc',
    tag,
    summary: 'Store a file of an app for the acting user',
    bodyKind: 'multipart',
    bodyLimit: 101 * 1024 * 1024,
    fileLimit: 101 * 1024 * 1024, // the storage refuses from 100 MiB on, in its own words
    body: z.object({
      ...Place,
      path: z.string().max(512).default(''),
      file: z.string().meta({ format: 'binary' }).optional(),
      data: z.string().meta({ format: 'binary' }).optional(),
    }),
    response: File.extend({ size_bytes: z.number().int() }),
    errors: [
      ...SERVICE_ERRORS,
      'SERVICES_FILE_MISSING',
      'STORAGE_BAD_PATH',
      'STORAGE_TOO_LARGE',
      'STORAGE_QUOTA_EXCEEDED',
      'STORAGE_UNREACHABLE',
    ],
  }),
  download: defineRoute({
    id: 'service_files.download',
    method: 'GET',
    path: '/v1/internal/storage/download',
    auth: 'svc',
    tag,
    summary: 'The content of a file',
    query: z.object({ ...Place, path: FilePath }),
    response: z.unknown(),
    responseKind: 'bytes',
    errors: [...SERVICE_ERRORS, 'STORAGE_BAD_PATH', 'STORAGE_NOT_FOUND', 'STORAGE_UNREACHABLE'],
  }),
  remove: defineRoute({
    id: 'service_files.remove',
    method: 'DELETE',
    path: '/v1/internal/storage',
    auth: 'svc',
    tag,
    summary: 'Delete a file',
    query: z.object({ ...Place, path: FilePath }),
    response: z.object({ deleted: z.literal(true) }),
    errors: [...SERVICE_ERRORS, 'STORAGE_BAD_PATH', 'STORAGE_NOT_FOUND'],
  }),
  list: defineRoute({
    id: 'service_files.list',
    method: 'GET',
    path: '/v1/internal/storage/list',
    auth: 'svc',
    tag,
    summary: 'Files whose path begins with a text, by path',
    query: z.object({
      ...Place,
      prefix: z.string().max(512).default(''),
      cursor: z.string().max(2048).optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(1000),
    }),
    response: z.object({
      files: z.array(File),
      has_more: z.boolean(),
      cursor: z.string().nullable(),
      total: z.number().int(),
    }),
    errors: [...SERVICE_ERRORS, 'STORAGE_BAD_CURSOR'],
  }),
} as const
