import path from 'node:path'
import type { JsonValue } from '@imperal/contract'
import type { BuildOptions } from '../commands/build.ts'
import type { Run } from '../define-command.ts'
import { buildProject, writeBuild } from '../project/build-project.ts'
import { findProject } from '../project/find-project.ts'

const length = (list: JsonValue | undefined): number => (Array.isArray(list) ? list.length : 0)

export const run: Run<typeof BuildOptions> = async ({ args: [folder] }, io) => {
  const built = await buildProject(findProject(io, folder))
  const file = await writeBuild(built)
  const { tools, signals, schedules } = built.manifest
  io.out(`Built: ${built.appId} v${built.version}`)
  io.out(`  Tools: ${length(tools)}, Signals: ${length(signals)}, Schedules: ${length(schedules)}`)
  io.out(`  Manifest: ${file}`)
  io.out(
    `  Bundle: ${path.join(path.dirname(file), 'dist', 'bundle.js')} (${Math.round(Buffer.byteLength(built.bundle.code) / 1024)} KB)`,
  )
  for (const notice of built.bundle.notices) io.err(`Note: ${notice}`)
  return 0
}
