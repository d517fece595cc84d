import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { TestOptions } from '../commands/test.ts'
import type { Run } from '../define-command.ts'
import { findProject } from '../project/find-project.ts'
import { prepareTests } from '../project/prepare-tests.ts'

/** Code of a process that a signal ended, as shells give it. */
const SIGNALLED = 130

export const run: Run<typeof TestOptions> = async ({ args }, io) => {
  const project = findProject(io)
  const prepared = await prepareTests(project)
  try {
    return await new Promise<number>((resolve, reject) => {
      const child = spawn(process.execPath, [...prepared.before, ...args, ...prepared.after], {
        cwd: project.root,
        env: { ...io.env },
        stdio: ['inherit', 'pipe', 'pipe'],
      })
      createInterface(child.stdout).on('line', io.out)
      createInterface(child.stderr).on('line', io.err)
      child.on('error', reject)
      child.on('close', (code) => resolve(code ?? SIGNALLED))
    })
  } finally {
    await prepared.clean()
  }
}
