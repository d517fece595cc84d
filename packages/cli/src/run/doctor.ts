import type { DoctorOptions } from '../commands/doctor.ts'
import type { Run } from '../define-command.ts'
import { type Diagnosis, localDiagnoses } from '../doctor/local-diagnoses.ts'
import { platformDiagnoses } from '../doctor/platform-diagnoses.ts'
import type { Io } from '../io.ts'
import { apiAddress, inFolder } from '../platform/api-address.ts'

const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const

function print({ status, name, summary, fix }: Diagnosis, io: Io): void {
  io.out(`${MARKS[status]} ${name}: ${summary}`)
  if (fix !== null) io.out(`    ${fix}`)
}

export const run: Run<typeof DoctorOptions> = async ({ args: [folder], options }, io) => {
  const here = inFolder(io, folder ?? '.')
  const api = apiAddress(here, options.api)
  const found: Diagnosis[] = []
  for await (const diagnosis of localDiagnoses(here, api)) found.push(diagnosis)
  for await (const diagnosis of platformDiagnoses(here, api)) found.push(diagnosis)
  if (options.json) io.out(JSON.stringify(found, null, 2))
  else for (const diagnosis of found) print(diagnosis, io)
  return found.some(({ status }) => status === 'fail') ? 1 : 0
}
