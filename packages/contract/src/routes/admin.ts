import { z } from 'zod'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

/** One finding of the doctor: what was looked at, how it is, and what to do. */
export const DoctorCheck = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warn', 'fail']),
  summary: z.string(),
  fix: z.string().nullable(),
  details: JsonObject,
})
export type DoctorCheck = z.infer<typeof DoctorCheck>
export const DoctorReport = z.object({
  status: z.enum(['ok', 'warn', 'fail']),
  generated_at: z.string(),
  checks: z.array(DoctorCheck),
})
export type DoctorReport = z.infer<typeof DoctorReport>

/** Which keys lock the secrets of the installation; never a key. */
export const KeyStatus = z.object({
  provider: z.string(),
  current_key_id: z.string(),
  /** Data keys by the key that wraps them; more than one id: a rotation is not finished. */
  data_keys: z.record(z.string(), z.number().int()),
  /** Values under the newest data key of their tenant, and under older ones. */
  secrets: z.object({ current: z.number().int(), older: z.number().int() }),
})
export type KeyStatus = z.infer<typeof KeyStatus>

/** What operators look at. */
export const admin = {
  doctor: defineRoute({
    id: 'admin.doctor',
    surface: 'client',
    method: 'GET',
    path: '/v1/admin/doctor',
    auth: 'svc-or-admin',
    platformOnly: true,
    withoutAccounts: true,
    tag: 'admin',
    summary: 'Isolation level, versions, database, disk, settings and extension processes of this node',
    response: DoctorReport,
  }),
  keys: defineRoute({
    id: 'admin.keys',
    surface: 'client',
    platformOnly: true,
    method: 'GET',
    path: '/v1/admin/keys',
    auth: 'svc-or-admin',
    tag: 'admin',
    summary: 'Which keys lock the secrets of the installation, for administrators of the platform',
    response: KeyStatus,
    errors: ['KEYS_SERVICE_UNAVAILABLE', 'KEYS_FILE_UNUSABLE'],
  }),
  rotateKeys: defineRoute({
    id: 'admin.rotate_keys',
    surface: 'client',
    platformOnly: true,
    method: 'POST',
    path: '/v1/admin/keys/rotate',
    auth: 'svc-or-admin',
    tag: 'admin',
    summary: 'Makes a new key and locks every data key with it; values stay readable all the time',
    body: z.object({
      /** Makes the data keys anew as well and seals every secret with them, in the background. */
      data_keys: z.boolean().default(false),
    }),
    response: z.object({ key_id: z.string(), rewrapped: z.number().int(), tenants: z.number().int() }),
    errors: ['KEYS_SERVICE_UNAVAILABLE', 'KEYS_FILE_UNUSABLE', 'KEYS_FOREIGN'],
  }),
}
