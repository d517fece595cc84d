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

/** What operators look at. */
export const admin = {
  doctor: defineRoute({
    id: 'admin.doctor',
    surface: 'client',
    method: 'GET',
    path: '/v1/admin/doctor',
    auth: 'svc-or-admin',
    tag: 'admin',
    summary: 'Isolation level, versions, database, disk, settings and extension processes of this node',
    response: DoctorReport,
  }),
}
